import {
  type CloseEvent,
  createEndpoint,
  type Endpoint,
  type EndpointOptions,
  echo,
  type HandlerSession,
  type RefusalReason,
} from '@wirebeat/core'
import type { Adapter } from '@wirebeat/core/adapter'

/** What a test wants of its server. */
export interface ServerOptions extends Omit<EndpointOptions<unknown>, 'session'> {
  /** What the session does. Default: it echoes. */
  readonly session?: Pick<HandlerSession, 'open' | 'message'>
  /** Default: one that is free. */
  readonly port?: number
}

/** An endpoint on one adapter, and all that it tells. */
export interface Server {
  readonly port: number
  readonly url: string
  readonly endpoint: Endpoint<unknown>
  readonly told: {
    /** The client's address of each connection that opened. */
    readonly addresses: readonly string[]
    /** Its subprotocol. */
    readonly protocols: readonly string[]
    /** What the session was told of the end of each connection. */
    readonly ends: readonly CloseEvent[]
    /** Why each handshake that was refused was. */
    readonly refusals: readonly RefusalReason[]
  }
  /** Ends at once, without a word to the clients. */
  stop(): Promise<void>
}

/**
 * Starts a server that ends with the test.
 *
 * @param test what vitest hands to it
 */
export async function serve(
  test: { onTestFinished(end: () => Promise<void>): void },
  adapter: Adapter,
  { session, port = 0, ...options }: ServerOptions = {},
): Promise<Server> {
  const addresses: string[] = []
  const protocols: string[] = []
  const ends: CloseEvent[] = []
  const refusals: RefusalReason[] = []
  const endpoint = createEndpoint<unknown>({
    path: '/ws',
    // A session may throw on purpose, and its connection's end tells of it.
    onError: () => {},
    ...options,
    session: { ...(session ?? echo()), close: (_, event) => void ends.push(event) },
  })
  endpoint.on('open', ({ remoteAddress, protocol }) => {
    addresses.push(remoteAddress)
    protocols.push(protocol)
  })
  endpoint.on('refuse', ({ reason }) => refusals.push(reason))
  const listening = await adapter.listen(endpoint, { host: '127.0.0.1', port })
  const stop = async (): Promise<void> => {
    // First, so that nobody comes back to a server that is going.
    await listening.close()
    await endpoint.close({ deadline: 0 })
  }
  test.onTestFinished(stop)
  return {
    port: listening.port,
    url: `ws://127.0.0.1:${listening.port}/ws`,
    endpoint,
    told: { addresses, protocols, ends, refusals },
    stop,
  }
}
