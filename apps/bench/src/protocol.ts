import type { Dialect } from './dialect.ts'
import type { MessageType } from './load.ts'

// What the benchmark asks of a server and of the load generator, and what they answer: one line of
// JSON each, over standard input and output.

/** A moment in a process. */
export interface Moment {
  /** Milliseconds on the process's own monotonic clock. */
  readonly at: number
  /** CPU microseconds that the process has used, its threads and the kernel on its behalf included. */
  readonly cpu: number
}

/** Bytes, after a garbage collection. */
export interface Memory {
  /** What the process holds of the machine's memory. */
  readonly resident: number
  /** What the JavaScript engine holds for live objects, buffers outside its heap included. */
  readonly heap: number
}

/** The first line of a server. */
export interface ServerReady {
  readonly port: number
}

/** Questions to a server, with their answers. */
export interface ServerQuestions {
  readonly moment: { readonly question: object; readonly answer: Moment }
  readonly memory: { readonly question: object; readonly answer: Memory }
}

/** What the load generator sends on each connection. */
export interface Traffic {
  readonly dialect: Dialect
  readonly type: MessageType
  readonly size: number
  readonly outstanding: number
}

/** Milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly p999: number
  /** How many messages were timed. */
  readonly samples: number
}

/** What happened at the load generator since the last `begin`. */
export interface Report extends Moment {
  readonly messages: number
  readonly latency: Latency | undefined
  /** Connections that are open. */
  readonly open: number
}

/** Questions to the load generator, with their answers. */
export interface GeneratorQuestions {
  /** Opens that many connections more; answers when all are open, with the milliseconds it took. */
  readonly connect: {
    readonly question: { readonly port: number; readonly count: number; readonly traffic: Traffic }
    readonly answer: { readonly took: number }
  }
  /** Starts the exchange of messages on all connections. */
  readonly exchange: { readonly question: object; readonly answer: Moment }
  /** Counts and times messages from now on. */
  readonly begin: { readonly question: object; readonly answer: Moment }
  readonly report: { readonly question: object; readonly answer: Report }
  /** Closes all connections at once. */
  readonly disconnect: { readonly question: object; readonly answer: Moment }
}
