import { once } from 'node:events'
import { type Connection, createEndpoint, type EndpointOptions, type Message } from '@wirebeat/core'
import type { Adapter } from '@wirebeat/core/adapter'
import { ManualClock, MemoryClient } from '@wirebeat/core/testing'
import { WebSocket } from 'ws'

/** A client, and its connection on the server. */
export interface Peer {
  readonly connection: Connection
  /** Sends the session a message. */
  say(text: string): void
  /** Closes the connection. */
  leave(): void
  /** Stops and starts reading. */
  pause(): void
  resume(): void
  /** The messages that it has received, once they are so many. */
  received(count: number): Promise<readonly Message[]>
}

/** Where peers come from. */
export interface Place {
  /** Whether the network takes no more than `NETWORK_BUFFER` bytes of a peer that does not read. */
  readonly isMemory: boolean
  connect(): Promise<Peer>
  close(): Promise<void>
}

/** Bytes that the network takes of a client in memory that does not read. */
export const NETWORK_BUFFER = 100

/** Clients in memory. */
export async function memoryPlace(options: EndpointOptions): Promise<Place> {
  const { endpoint, latest } = endpointOf({ ...options, clock: new ManualClock() })
  return {
    isMemory: true,
    async connect() {
      const client = await MemoryClient.connect(endpoint, { networkBuffer: NETWORK_BUFFER })
      const messages: Message[] = []
      return {
        connection: latest(),
        say: (text) => client.send(text),
        leave: () => client.close(),
        pause: () => client.pause(),
        resume: () => client.resume(),
        async received(count) {
          while (messages.length < count) messages.push(await client.message())
          return messages
        },
      }
    },
    async close() {
      await endpoint.close({ deadline: 0 })
    },
  }
}

/** Clients of a server of an adapter. */
export async function serverPlace(adapter: Adapter, options: EndpointOptions): Promise<Place> {
  const { endpoint, latest } = endpointOf(options)
  const server = await adapter.listen(endpoint, { host: '127.0.0.1', port: 0 })
  return {
    isMemory: false,
    async connect() {
      const client = new WebSocket(`ws://127.0.0.1:${server.port}/`)
      const messages: Message[] = []
      client.on('message', (data: Buffer, isBinary) =>
        messages.push(isBinary ? new Uint8Array(data) : String(data)),
      )
      await once(client, 'open')
      return {
        connection: latest(),
        say: (text) => client.send(text),
        leave: () => client.close(),
        pause() {},
        resume() {},
        async received(count) {
          while (messages.length < count && client.readyState !== WebSocket.CLOSED) {
            await Promise.race([once(client, 'message'), once(client, 'close')])
          }
          return messages
        },
      }
    },
    async close() {
      await endpoint.close({ deadline: 0 })
      await server.close()
    },
  }
}

/** An endpoint, and its latest connection. */
function endpointOf(options: EndpointOptions) {
  const endpoint = createEndpoint(options)
  const opened: Connection[] = []
  endpoint.on('open', (connection) => opened.push(connection))
  // One connection is opened after the other.
  return { endpoint, latest: () => opened.at(-1) as Connection }
}
