import type { LossCause } from '@wirebeat/client'
import type { Standstill } from '../standstills.ts'

// What a test asks of a process full of clients that connect again, and what that answers. Times are
// on the monotonic clock of the machine.

/** Where WebSockets come from. */
export type WebSocketName = 'ws' | 'undici'

/** Times in milliseconds, as the options of the client have them. */
export interface ClientSettings {
  readonly baseDelay?: number
  readonly maxDelay?: number
  readonly connectTimeout?: number
  readonly heartbeatMessage?: string
  readonly keepAliveInterval?: number
  readonly maxUnconfirmedSize?: number
}

export interface ConnectQuestion {
  readonly url: string
  /** What each client is called. There is one for each name. */
  readonly names: readonly string[]
  readonly webSocket: WebSocketName
  readonly settings: ClientSettings
  /**
   * Milliseconds from message to message of each client, whether it is connected or not; each message
   * is the name and a number, from 1. Default: it says nothing.
   */
  readonly pace?: number
}

/** The end of a connection, as a client has told it. */
export interface LostConnection {
  readonly cause: LossCause
  readonly at: number
  /** When the WebSocket last told of a message, or that it was open. */
  readonly lastSign: number
}

/** A message that a client has told to be of uncertain fate. */
export interface Uncertain {
  readonly number: number
  /** When it was told. */
  readonly at: number
  /** Milliseconds since it was handed to the WebSocket. */
  readonly age: number
}

/** One wait between two attempts. */
export interface Wait {
  /** How many retries there were in a row before. */
  readonly retries: number
  /** When the next attempt was due, as the client announced. */
  readonly due: number
  /** Milliseconds until then. */
  readonly announced: number
  /** Milliseconds until its next attempt began. */
  readonly taken: number
}

/** All that is known of one client. */
export interface Diary {
  readonly name: string
  /** The number of its last message. */
  readonly sent: number
  /** How many of them were sent without a connection. */
  readonly queued: number
  readonly uncertain: readonly Uncertain[]
  /** Messages that were never handed to a connection. */
  readonly unsent: number
  /** Messages that there was no room to keep until they are confirmed. */
  readonly forgotten: number
  readonly losses: readonly LostConnection[]
  readonly waits: readonly Wait[]
}

export interface ReconnectingQuestions {
  connect(question: ConnectQuestion): void
  /** How many of them are open. */
  open(names: readonly string[]): number
  diaries(names: readonly string[]): readonly Diary[]
  /** All that were long enough to make a timer late. */
  standstills(): readonly Standstill[]
  /** Nobody sends any more, and each closes its socket, which takes as long as it takes. */
  close(names: readonly string[]): void
}
