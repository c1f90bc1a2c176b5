import { ManualClock as DrivenClock } from '../../src/testing/manual-clock.ts'

/** The clock of the conformance kit, which also counts what is asked of it. */
export class ManualClock extends DrivenClock {
  /** How often the time was asked for. */
  reads = 0
  /** How often a timer was set. */
  timersSet = 0

  override now(): number {
    this.reads++
    return super.now()
  }

  override schedule(callback: () => void, delay: number): () => void {
    this.timersSet++
    return super.schedule(callback, delay)
  }

  /** The present moment, for the test: it is not counted as a read. */
  get time(): number {
    return super.now()
  }
}
