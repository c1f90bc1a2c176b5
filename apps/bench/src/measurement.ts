/** What can be measured, in one vocabulary for all loads. */
export const METRICS = [
  /** Messages echoed per second, or delivered. */
  'rate',
  /** CPU microseconds of the server per message. */
  'cpuPerMessage',
  /** Latency in milliseconds. */
  'p50',
  'p99',
  'p999',
  /** How late the load generator has sent what was due: the 99th percentile, in milliseconds. */
  'delay',
  /** Milliseconds from a publication until the last client has it. */
  'last',
  /** Bytes of the machine's memory that a server takes more after a broadcast than before. */
  'growth',
  /** The same, once the connections that do not read were closed and their time to answer is over. */
  'kept',
  /** Handshakes per second. */
  'handshakes',
  /** CPU microseconds of the server per handshake. */
  'cpuPerHandshake',
  /** Bytes of the machine's memory per open connection. */
  'memory',
  /** Bytes of the JavaScript engine's memory per open connection. */
  'heap',
  /** CPU share of one core while all connections are idle. */
  'idleShare',
  /** CPU share of one core that the server had, and the load generator. */
  'serverShare',
  'generatorShare',
  /** What other programs took meanwhile, in cores. */
  'othersShare',
] as const

export type Metric = (typeof METRICS)[number]

export type Metrics = Readonly<Partial<Record<Metric, number>>>

/** One contestant under one load in one round. */
export interface Measurement {
  readonly contestant: string
  readonly load: string
  /** From 0. */
  readonly round: number
  readonly metrics: Metrics
}
