import type { Stopwatch } from '@wirebeat/bench/stopwatch'

/** Milliseconds from message to echo. */
export type Latency = NonNullable<ReturnType<Stopwatch['latency']>>
