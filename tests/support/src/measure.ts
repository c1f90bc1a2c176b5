// Figures of a measurement.

export { median, percentile } from './statistics.ts'
export { type Latency, Stopwatch } from './stopwatch.ts'
