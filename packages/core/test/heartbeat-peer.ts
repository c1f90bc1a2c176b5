import type { Heartbeat, HeartbeatMember, Pulse } from '../src/heartbeat.ts'
import type { ManualClock } from './manual-clock.ts'

/** More looks than this at one member at one moment: the wheel turns on the spot. */
const MAX_LOOKS_AT_ONCE = 50

/** A member of a heartbeat that writes down what the heartbeat does to it, and when. */
export class Peer implements HeartbeatMember {
  readonly pingedAt: number[] = []
  readonly expiredAt: number[] = []
  readonly pulse: Pulse
  onPing = (): void => {}
  onExpire = (): void => {}
  isBacklogged = false
  isExcused = false
  looks = 0
  removed = false
  /** The true time of the last sign of life. */
  seenAt: number
  readonly #heartbeat: Heartbeat
  readonly #clock: ManualClock
  #lookedAt = Number.NaN
  #looksAtOnce = 0

  constructor(heartbeat: Heartbeat, clock: ManualClock) {
    this.#heartbeat = heartbeat
    this.#clock = clock
    this.seenAt = clock.time
    this.pulse = heartbeat.add(this)
  }

  get isDead(): boolean {
    return this.expiredAt.length > 0
  }

  touch(): void {
    this.seenAt = this.#clock.time
    this.#heartbeat.touch(this.pulse)
  }

  /** Bytes begin to wait for the peer, or wait no more. */
  toggleBacklog(): void {
    this.isBacklogged = !this.isBacklogged
    if (this.isBacklogged) this.#heartbeat.watchBacklog(this.pulse)
  }

  remove(): void {
    this.removed = true
    this.#heartbeat.remove(this.pulse)
  }

  ping(): void {
    this.pingedAt.push(this.#clock.time)
    this.onPing()
  }

  expire(): void {
    this.expiredAt.push(this.#clock.time)
    this.onExpire()
  }

  /** Asked for once in every look that does not end with `expire`. */
  get backlogged(): boolean {
    this.looks++
    if (this.#lookedAt !== this.#clock.time) {
      this.#lookedAt = this.#clock.time
      this.#looksAtOnce = 0
    }
    if (++this.#looksAtOnce > MAX_LOOKS_AT_ONCE) {
      throw new Error('the heartbeat looks at one member again and again without end')
    }
    return this.isBacklogged
  }

  excused(): boolean {
    return this.isExcused
  }
}
