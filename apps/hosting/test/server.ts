import {
  type CloseEvent,
  createEndpoint,
  type Endpoint,
  type EndpointOptions,
  echo,
} from '@wirebeat/core'
import type { TestContext } from 'vitest'
import type { Adapter } from '../../../test-support/adapters.ts'

/** An endpoint on one adapter, and all that it tells. */
export interface Server {
  readonly port: number
  readonly endpoint: Endpoint<undefined>
  readonly told: {
    /** The client's address of each connection that opened. */
    readonly addresses: readonly string[]
    /** How each connection ended. */
    readonly ends: readonly CloseEvent[]
  }
  /** Ends at once, without a word to the clients. */
  stop(): Promise<void>
}

/**
 * Starts a server that ends with the test. It echoes, unless it is given another session.
 *
 * @param port 0 lets the system pick one
 */
export async function serve(
  { onTestFinished }: TestContext,
  adapter: Adapter,
  options: Partial<EndpointOptions> = {},
  port = 0,
): Promise<Server> {
  const addresses: string[] = []
  const ends: CloseEvent[] = []
  const endpoint = createEndpoint({ path: '/ws', session: echo(), ...options })
  endpoint.on('open', ({ remoteAddress }) => addresses.push(remoteAddress))
  endpoint.on('close', (_, event) => ends.push(event))
  const listening = await adapter.listen(endpoint, { host: '127.0.0.1', port })
  const stop = async (): Promise<void> => {
    // First, so that nobody comes back to a server that is going.
    await listening.close()
    await endpoint.close({ deadline: 0 })
  }
  onTestFinished(stop)
  return { port: listening.port, endpoint, told: { addresses, ends }, stop }
}
