import { Heartbeat, HeartbeatMember, heartbeatTolerance } from '../../src/heartbeat/heartbeat.ts'
import { ManualClock } from './manual-clock.ts'

/** More looks than this at one member at one moment: the wheel turns on the spot. */
const MAX_LOOKS_AT_ONCE = 50

/** A member of a heartbeat that writes down what the heartbeat does to it, and when. */
export class Peer extends HeartbeatMember {
  readonly sentAt: number | undefined = undefined

  readonly pingedAt: number[] = []
  readonly expiredAt: number[] = []
  onPing = (): void => {}
  onExpire = (): void => {}
  isBacklogged = false
  isExcused = false
  looks = 0
  removed = false
  /** The true time of the last sign of life. */
  spokeAt: number
  readonly #heartbeat: Heartbeat
  readonly #clock: ManualClock
  #lookedAt = Number.NaN
  #looksAtOnce = 0

  constructor(heartbeat: Heartbeat, clock: ManualClock) {
    super()
    this.#heartbeat = heartbeat
    this.#clock = clock
    this.spokeAt = clock.time
    heartbeat.add(this)
  }

  get isDead(): boolean {
    return this.expiredAt.length > 0
  }

  touch(): void {
    this.spokeAt = this.#clock.time
    this.#heartbeat.touch(this)
  }

  /** Bytes begin to wait for the peer, or wait no more. */
  toggleBacklog(): void {
    this.isBacklogged = !this.isBacklogged
    if (this.isBacklogged) this.#heartbeat.watchBacklog(this)
  }

  remove(): void {
    this.removed = true
    this.#heartbeat.remove(this)
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

/** X of the tests, in milliseconds. */
export const X = 1_000

export const TIMEOUT = 2 * X
export const TOLERANCE = heartbeatTolerance(X)
/** The heartbeat moves in steps of an eighth of the tolerance; a timer waits whole milliseconds. */
export const STEP = TOLERANCE / 8 + 1

export interface Setting {
  readonly interval: number
  readonly timeout?: number
}

/** A heartbeat on a clock that stands still, and ways to join it. */
export function setUp({ interval, timeout = 2 * interval }: Setting = { interval: X }) {
  const clock = new ManualClock()
  const heartbeat = new Heartbeat(clock, { interval, timeout })
  const join = () => new Peer(heartbeat, clock)
  const joinMany = (count: number) => Array.from({ length: count }, join)
  return { clock, join, joinMany }
}

/** The first timeout of a peer that never speaks, measured from when it joined. */
export function lifetime(peer: Peer): number {
  return (peer.expiredAt[0] ?? Number.NaN) - peer.spokeAt
}
