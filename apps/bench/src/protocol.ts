import type { Latency } from '@wirebeat/test-support/measure'
import type { Broadcast } from './broadcast.ts'
import type { Carrier } from './carrier.ts'
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

/** When the turns began in which the latest messages were published, on the clock that all processes share. */
export interface Published {
  /** The number of the first one that is known, from 0. */
  readonly first: number
  /** Milliseconds, from the first one on. */
  readonly times: readonly number[]
}

export interface ServerQuestions {
  moment(): Moment
  memory(): Memory
  /** Starts to publish. Not for a server that only echoes. */
  broadcast(broadcast: Broadcast): void
  published(): Published
}

/** How a contestant is spoken to. */
export interface Route {
  readonly carrier: Carrier
  readonly dialect: Dialect
}

/** What connections that only listen expect. */
export interface Audience extends Route {
  readonly broadcast: Broadcast
  readonly compression: boolean
  /** How many of the connections do not read. */
  readonly deaf: number
}

/** What the load generator sends on each connection. */
export interface Traffic extends Route {
  readonly type: MessageType
  readonly size: number
  readonly outstanding: number
  /** Whether both sides compress. Then one message is under way. */
  readonly compression?: boolean
  /**
   * Messages that are due in a second, on all connections, whatever becomes of those before. Without it, each answer is
   * followed by the next message.
   */
  readonly perSecond?: number
}

/** What happened at the load generator since the last `begin`. */
export interface Report extends Moment {
  readonly messages: number
  readonly latency: Latency | undefined
  /** How late the load generator itself has sent what was due: the 99th percentile in milliseconds. */
  readonly delay: number | undefined
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
  /** Sends nothing more of what is due; answers when all is answered, with when it stopped. */
  settle(): Moment
  report(): Report
  /** Opens so many connections that listen; answers when all are open. */
  listen(port: number, count: number, audience: Audience): void
  /** When the messages since `begin` had come to all, by their numbers, on the shared clock. */
  lasts(): readonly (readonly [number: number, at: number])[]
  /** Closes all connections at once. */
  disconnect(): void
}
