import type { Latency } from '@wirebeat/test-support/measure'
import type { Dialect } from './dialect.ts'
import type { MessageType } from './load.ts'
import type { Moment } from './moment.ts'

// What the benchmark asks of a server and of the load generator, and what they answer.

/** Bytes, after a garbage collection. */
export interface Memory {
  /** What the process holds of the machine's memory. */
  readonly resident: number
  /** What the JavaScript engine holds for live objects, buffers outside its heap included. */
  readonly heap: number
}

/** What a server says when it is ready. */
export interface ServerReady {
  readonly port: number
}

export interface ServerQuestions {
  moment(): Moment
  memory(): Memory
}

/** What the load generator sends on each connection. */
export interface Traffic {
  readonly dialect: Dialect
  readonly type: MessageType
  readonly size: number
  readonly outstanding: number
}

/** What happened at the load generator since the last `begin`. */
export interface Report extends Moment {
  readonly messages: number
  readonly latency: Latency | undefined
  /** Connections that are open. */
  readonly open: number
}

export interface GeneratorQuestions {
  /** Opens so many connections more; answers when all are open, with the milliseconds it took. */
  connect(port: number, count: number, traffic: Traffic): number
  /** Starts the exchange of messages on all connections. */
  exchange(): void
  /** Counts and times messages from now on. */
  begin(): Moment
  report(): Report
  /** Closes all connections at once. */
  disconnect(): void
}
