import {
  type CloseEvent,
  createEndpoint,
  type EndpointOptions,
  type HandlerSession,
  type RefusalReason,
} from '@wirebeat/core'
import { onTestFinished } from 'vitest'
import type { Adapter } from '../../../test-support/adapters.ts'

/** What a scenario wants of its server. */
export interface ServerOptions extends Omit<EndpointOptions<unknown>, 'session'> {
  /** What the session does. Default: it echoes. */
  readonly session?: Pick<HandlerSession, 'open' | 'message'>
}

/** An endpoint on one adapter, and all that it tells. */
export interface Server {
  readonly url: string
  readonly told: {
    /** The subprotocol of each connection that opened. */
    readonly protocols: readonly string[]
    /** What the session was told of the end of each connection. */
    readonly ends: readonly CloseEvent[]
    /** Why each handshake that was refused was. */
    readonly refusals: readonly RefusalReason[]
  }
}

/** Starts a server that ends with the test. */
export async function serve(adapter: Adapter, options: ServerOptions): Promise<Server> {
  const protocols: string[] = []
  const ends: CloseEvent[] = []
  const refusals: RefusalReason[] = []
  const session: HandlerSession = {
    message: (connection, message) => {
      connection.send(message)
    },
    ...options.session,
    close: (_, event) => {
      ends.push(event)
    },
  }
  const endpoint = createEndpoint<unknown>({
    path: '/ws',
    // A session may throw on purpose, and its connection's end tells of it.
    onError: () => {},
    ...options,
    session,
  })
  endpoint.on('open', ({ protocol }) => protocols.push(protocol))
  endpoint.on('refuse', ({ reason }) => refusals.push(reason))

  const listening = await adapter.listen(endpoint, { host: '127.0.0.1' })
  onTestFinished(async () => {
    await endpoint.close({ deadline: 0 })
    await listening.close()
  })
  const url = `ws://127.0.0.1:${listening.port}/ws`
  return { url, told: { protocols, ends, refusals } }
}
