import type { CloseCause, ShutdownReport } from '@wirebeat/core'
import type { AdapterName } from '@wirebeat/test-support/adapter-names'
import type { Standstill } from './standstills.ts'

// What a test asks of a server process, and what that answers. Times are on the monotonic clock of the
// machine.

/** How a server is to be started, as JSON in its first argument. */
export interface ServerSettings {
  readonly adapter: AdapterName
  readonly host: string
  /** Default: one that is free. */
  readonly port?: number
  /** Default: `echo`. The one that records answers nothing. */
  readonly session?: 'echo' | 'echo-loop' | 'recording' | 'working'
  /** Lets nobody in before the question `admit`. Default: `false`. */
  readonly gated?: boolean
  readonly keepAliveInterval?: number
  readonly heartbeatMessage?: string
  readonly maxBufferedAmount?: number
  readonly receiveBufferSize?: number
  readonly closeTimeout?: number
}

/** What a server says when it is ready. */
export interface ServerReady {
  readonly port: number
}

export interface Opened {
  readonly kind: 'open'
  readonly id: string
  readonly at: number
  /** The address of the client. */
  readonly from: string
}

export interface Ended {
  readonly kind: 'close'
  readonly id: string
  readonly at: number
  readonly from: string
  readonly cause: CloseCause
  /** How many connections had come with this one. */
  readonly number: number
  /** When the adapter last told core that the client is alive. */
  readonly lastSign: number
}

/** What happened at the server. */
export type ServerEvent = Opened | Ended

/** What came on one connection, in order. */
export interface Received {
  readonly connection: string
  readonly messages: readonly string[]
}

export interface Census {
  /** How many connections are open. */
  readonly open: number
  /** The longest time that one of them has ever been silent. */
  readonly longestSilence: number
  readonly at: number
  /** CPU milliseconds that the process has used. */
  readonly cpu: number
  /** The longest time that a timer of the process was late since this was last asked. */
  readonly latestTimer: number
}

/** The end of the service. */
export interface Closed {
  readonly report: ShutdownReport
  /** When it began. */
  readonly from: number
  /** All of the process: it cannot be asked afterwards. */
  readonly standstills: readonly Standstill[]
}

/** Bytes. */
export interface Memory {
  readonly resident: number
  readonly heapUsed: number
}

export interface ServerQuestions {
  /** What has happened since this was last asked. */
  events(): readonly ServerEvent[]
  census(): Census
  /** When the process had no turn. */
  standstills(): readonly Standstill[]
  /** All that the session that records has been handed. */
  received(): readonly Received[]
  /** How many handshakes wait for `authorize`. */
  waiting(): number
  /** Lets in whoever waits. */
  admit(): void
  /** Memory, after a garbage collection. From now on its peak is looked for. */
  memory(): Memory
  /** The largest resident size since `memory` was asked, in bytes. */
  peak(): number
  /** Ends the service, after which nothing is left that keeps the process from exiting. */
  close(deadline: number, spread: number): Closed
}
