/** What can be measured, in one vocabulary for all loads. */
export interface Metrics {
  /** Messages echoed per second. */
  readonly rate?: number
  /** CPU microseconds of the server per message. */
  readonly cpuPerMessage?: number
  /** Latency in milliseconds. */
  readonly p50?: number
  readonly p99?: number
  readonly p999?: number
  /** Handshakes per second. */
  readonly handshakes?: number
  /** CPU microseconds of the server per handshake. */
  readonly cpuPerHandshake?: number
  /** Bytes of the machine's memory per open connection. */
  readonly memory?: number
  /** Bytes of the JavaScript engine's memory per open connection. */
  readonly heap?: number
  /** CPU share of one core while all connections are idle. */
  readonly idleShare?: number
  /** CPU share of one core that the server had, and the load generator. */
  readonly serverShare?: number
  readonly generatorShare?: number
  /** What other programs took meanwhile, in cores. */
  readonly othersShare?: number
}

export type Metric = keyof Metrics

/** One contestant under one load in one round. */
export interface Measurement {
  readonly contestant: string
  readonly load: string
  /** From 0. */
  readonly round: number
  readonly metrics: Metrics
}
