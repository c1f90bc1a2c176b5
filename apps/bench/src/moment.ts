import process from 'node:process'

/** A moment in a process. */
export interface Moment {
  /** Milliseconds on the process's own monotonic clock. */
  readonly at: number
  /** CPU microseconds that the process has used, its threads and the kernel on its behalf included. */
  readonly cpu: number
}

/** The present moment of this process. */
export function moment(): Moment {
  const { user, system } = process.cpuUsage()
  return { at: performance.now(), cpu: user + system }
}

/** Milliseconds on a clock that all processes of this machine share, whichever runtime they run on. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now()
}

/** The share of one core that was used from one moment to another. */
export function share(from: Moment, to: Moment): number {
  return (to.cpu - from.cpu) / 1_000 / (to.at - from.at)
}
