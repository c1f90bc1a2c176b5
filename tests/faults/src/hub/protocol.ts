import type { AdapterName } from '@wirebeat/test-support/adapter-names'
import type { Closed } from '../server-protocol.ts'
import type { Standstill } from '../standstills.ts'

// What a test asks of a hub, and of a process full of its clients, and what they answer. Times are on the monotonic clock
// of the machine.

export const HUB_PATH = '/hub'

/** How a hub is to be started, as JSON in its first argument. */
export interface HubSettings {
  readonly adapter: AdapterName
  readonly host: string
}

export interface HubReady {
  readonly port: number
}

export interface HubQuestions {
  /** How many connections are open. */
  open(): number
  /** When each connection has opened, in order. */
  opened(): readonly number[]
  standstills(): readonly Standstill[]
  /** Tells all clients a text. */
  tell(text: string): void
  /** Ends the service, after which nothing is left that keeps the process from exiting. */
  close(deadline: number, spread: number): Closed
}

/** What all clients have seen. */
export interface Clients {
  /** How many are connected, as they say themselves. */
  readonly connected: number
  /** What those were told that have given up. */
  readonly closed: readonly string[]
  /** When each was told that its connection is lost, in order. */
  readonly left: readonly number[]
  /** When each was told that it is back, in order. */
  readonly back: readonly number[]
  /** How many are back under the id that they had. */
  readonly sameIds: number
}

export interface ClientsQuestions {
  /** Connects so many clients, each of which comes back by itself. */
  connect(url: string, count: number): void
  clients(): Clients
  /** Has every client call the hub, and returns how many had the right answer. */
  call(): number
  /** How many clients have heard a text, and how often in all. */
  heard(text: string): readonly [clients: number, times: number]
  standstills(): readonly Standstill[]
}
