import type { CloseCause, CloseReport, RefusalReason } from '@wirebeat/core'

// What a test asks of a server process, and what that answers: one line of JSON each, over standard
// input and output. Times are on the monotonic clock of the machine.

/** How a server is to be started, as JSON in its first argument. */
export interface ServerSettings {
  readonly adapter: string
  readonly host: string
  /** Default: one that is free. */
  readonly port?: number
  /** Default: `echo`. The one that records answers nothing. */
  readonly session?: 'echo' | 'echo-loop' | 'recording'
  /** Lets nobody in before the question `admit`. Default: `false`. */
  readonly gated?: boolean
  readonly keepAliveInterval?: number
  readonly heartbeatMessage?: string
  readonly maxBufferedAmount?: number
  readonly receiveBufferSize?: number
  readonly closeTimeout?: number
}

/** The first line of a server. */
export interface ServerReady {
  readonly port: number
}

export interface Opened {
  readonly kind: 'open'
  readonly id: number
  readonly at: number
  /** The address of the client. */
  readonly from: string
}

export interface Refused {
  readonly kind: 'refuse'
  readonly reason: RefusalReason
  readonly at: number
}

export interface Ended {
  readonly kind: 'close'
  readonly id: number
  readonly at: number
  readonly from: string
  readonly cause: CloseCause
  readonly wasClean: boolean
  /** When the adapter last told core that the client is alive. */
  readonly lastSign: number
}

export interface Failed {
  readonly kind: 'error'
  readonly at: number
  readonly message: string
}

/** What happened at the server. */
export type ServerEvent = Opened | Refused | Ended | Failed

/** What came on one connection, in order. */
export interface Received {
  readonly connection: number
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

/** Bytes. */
export interface Memory {
  readonly resident: number
  readonly heapUsed: number
}

interface Ask<Question extends object, Answer extends object> {
  readonly question: Question
  readonly answer: Answer
}

/** Questions to a server, with their answers. */
export interface ServerQuestions {
  /** What has happened since this was last asked. */
  readonly events: Ask<object, { readonly events: readonly ServerEvent[] }>
  readonly census: Ask<object, Census>
  /** All that the session that records has been handed. */
  readonly received: Ask<object, { readonly received: readonly Received[] }>
  /** How many handshakes wait for `authorize`. */
  readonly waiting: Ask<object, { readonly waiting: number }>
  /** Lets in whoever waits. */
  readonly admit: Ask<object, { readonly admitted: number }>
  /** Memory, after a garbage collection. From now on its peak is looked for. */
  readonly memory: Ask<object, Memory>
  /** The largest resident size since `memory` was asked. */
  readonly peak: Ask<object, { readonly resident: number }>
  /** Ends the service, after which nothing is left that keeps the process from exiting. */
  readonly close: Ask<{ readonly deadline: number; readonly spread: number }, CloseReport>
}
