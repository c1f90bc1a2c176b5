import type { Clock } from '../runtime/clock.ts'
import { RingNode } from './ring.ts'

interface HeartbeatOptions {
  /** X: milliseconds from ping to ping. */
  readonly interval: number
  /** Milliseconds that a peer may be silent, 2X by default. */
  readonly timeout: number
}

/** In place of a turn: the last sign of life was already turned into a time. */
const COUNTED = -1
/** Signs of life from one look at the clock to the next. A prime, so that it is seldom the same member's turn. */
const TOUCHES_BETWEEN_LOOKS = 127

/**
 * A connection as the heartbeat sees it, and its place in the wheel: one object and not two, because there
 * can be very many. What it knows is the heartbeat's own, and not to be seen where a connection is printed.
 * Times are whole milliseconds, because a fraction would cost the engine an object of its own.
 */
export abstract class HeartbeatMember extends RingNode {
  #seenAt = 0
  #pingAt = 0
  // Last, beside what else a message touches of a connection.
  #turn: number = COUNTED

  /** The turn in which the last sign of life came, or `COUNTED`. */
  get turn(): number {
    return this.#turn
  }

  set turn(turn: number) {
    this.#turn = turn
  }

  /** The latest moment at which the last sign of life that was counted can have come. */
  get seenAt(): number {
    return this.#seenAt
  }

  set seenAt(time: number) {
    this.#seenAt = time
  }

  /** When the next ping is due. */
  get pingAt(): number {
    return this.#pingAt
  }

  set pingAt(time: number) {
    this.#pingAt = time
  }

  /** Sends a ping to the peer. */
  abstract ping(): void
  /**
   * When something was last sent, where a ping is needed only when nothing else is sent; `undefined`
   * where every ping is.
   */
  abstract get sentAt(): number | undefined
  /** The peer has been silent for the whole timeout. The heartbeat has let go of it already. */
  abstract expire(): void
  /** Whether bytes for the peer wait in the transport, so that a closer look is worth its price. */
  abstract get backlogged(): boolean
  /**
   * Whether silence is no sign of death: the peer has taken bytes since the last call, or the
   * server itself is not listening to it.
   */
  abstract excused(): boolean
}

/** Multiples of it, modulo 1, fill the interval evenly however many there are. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2
/**
 * Connections that come one after another have their pings at the same phase, in groups of a 64th of
 * all, and of so many at most: their memory lies side by side, and to look at it in that order costs a
 * quarter when there are a million.
 */
const MAX_GROUP = 256

/**
 * The 2X rule for all connections of an endpoint: one timing wheel, one timer.
 *
 * A sign of life stores one small integer, the current turn of the wheel. It moves no entry and
 * allocates nothing, and one in 127 reads the clock. A connection is looked at when its ping is due or
 * its time is up, so about once in X, and a look costs the same however many connections there are.
 *
 * - Never early: a sign of life counts from the end of the turn in which it came, and that end is
 *   read from the clock when it comes, so a late timer makes nobody die sooner. Who seems to be gone
 *   is looked at again once all that had arrived by then has been read.
 * - Never late: a slot is an eighth of the tolerance max(X/8, 50 ms), and two of them are lost: one for
 *   the turn, one for the slot. Where bytes wait, three more are, because their taking is seen only by
 *   looking. The rest is for the timer and for what lies unread. A process that reads messages all
 *   the time comes to its timers late, by seconds with ten thousand busy connections, so the wheel
 *   turns by signs of life as well.
 * - After a jump of the clock by more than X (a suspended process) everybody gets one more X. Jumps are
 *   measured from turn to turn of the event loop, so that one is seen too where a single client talks all
 *   the while.
 * - Who is asked late has more time to answer.
 * - The pings of connections that opened together are spread over the interval, in groups.
 */
export class Heartbeat {
  readonly #clock: Clock
  readonly #interval: number
  readonly #timeout: number
  readonly #slotTime: number
  readonly #slotCount: number
  /** The head of the ring of each slot, by slot modulo their number. */
  readonly #slots: readonly RingNode[]
  /** The head of the ring of those that are looked at now. */
  readonly #due = new RingNode()
  /** The head of the ring of those that seem to be gone, and are looked at again. */
  #suspects = new RingNode()
  /** When each recent turn ended. */
  readonly #turnEnds: Float64Array
  /** The current turn, as its index in `#turnEnds`. */
  #turn = 0
  #startedAt = 0
  /** The slot that was emptied last, counted from the start. */
  #slot = 0
  /** When the next slot is due. */
  #dueAt = 0
  #touchesLeft = TOUCHES_BETWEEN_LOOKS
  #lastTickAt = 0
  /** The latest moment at which the event loop is known to have been between two callbacks. */
  #loopTurnedAt = 0
  /** Who gave the sign of life by which the wheel turned last; `undefined` when it was the timer. */
  #lastTalker: HeartbeatMember | undefined
  #graceUntil = 0
  /** Connections under watch. */
  #size = 0
  #phase = 0
  /** How many more connections get this phase. */
  #groupRoom = 0
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, { interval, timeout }: HeartbeatOptions) {
    this.#clock = clock
    this.#interval = interval
    this.#timeout = timeout
    this.#slotTime = heartbeatTolerance(interval) / 8
    // Nothing is planned further ahead than the next ping.
    this.#slotCount = Math.ceil(interval / this.#slotTime) + 3
    this.#slots = Array.from({ length: this.#slotCount }, () => new RingNode())
    // A slot has one turn at most, so no turn is needed for longer than one round of the wheel.
    this.#turnEnds = new Float64Array(this.#slotCount + 2)
  }

  /** The present moment, or one a little before it, without a look at the clock. */
  get lastTickAt(): number {
    return this.#lastTickAt
  }

  /** Watches a connection from now on. Being added is its first sign of life. */
  add(member: HeartbeatMember): void {
    const now = this.#clock.now()
    if (this.#size++ === 0) this.#start(now)
    if (this.#groupRoom-- === 0) this.#startGroup()
    member.seenAt = Math.ceil(now)
    member.pingAt = Math.ceil(now + this.#interval * this.#phase)
    this.#plan(member, Math.min(member.pingAt, now + this.#timeout))
  }

  /** Watches the connection no more. */
  remove(member: HeartbeatMember): void {
    if (member.isAloneInRing) return
    member.leaveRing()
    if (--this.#size === 0) this.#stop()
  }

  /** Notes a sign of life. */
  touch(member: HeartbeatMember): void {
    member.turn = this.#turn
    if (--this.#touchesLeft === 0) this.#catchUp(member)
  }

  /**
   * Looks at a connection soon, and then often, for as long as it is backlogged: only by looking can
   * it be seen that its peer takes bytes.
   */
  watchBacklog(member: HeartbeatMember): void {
    if (member.isAloneInRing) return
    member.leaveRing()
    this.#plan(member, this.#lastTickAt)
  }

  #startGroup(): void {
    this.#phase = (this.#phase + GOLDEN_RATIO) % 1
    this.#groupRoom = Math.min(Math.floor(this.#size / 64), MAX_GROUP - 1)
  }

  #start(now: number): void {
    this.#startedAt = now
    this.#slot = 0
    this.#lastTickAt = now
    this.#loopTurnedAt = now
    this.#graceUntil = now
    this.#arm(now)
  }

  #stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#lastTalker = undefined
  }

  #arm(now: number): void {
    this.#cancelTimer?.()
    this.#dueAt = this.#startedAt + (this.#slot + 1) * this.#slotTime
    const delay = Math.max(0, Math.ceil(this.#dueAt - now))
    this.#cancelTimer = this.#clock.schedule(this.#onTimer, delay)
  }

  readonly #onTimer = (): void => {
    const now = this.#clock.now()
    this.#lastTalker = undefined
    this.#noteTurn(now, now)
    this.#tick(now)
  }

  /** Does what the timer should have done by now. */
  #catchUp(talker: HeartbeatMember): void {
    this.#touchesLeft = TOUCHES_BETWEEN_LOOKS
    // Who is closing speaks on, also when nobody is left to watch.
    if (this.#size === 0 || !this.#due.isAloneInRing) return
    const now = this.#clock.now()
    if (now < this.#dueAt) return
    // One who talks alone may have done so within a single callback, while nobody else was read. When it is
    // another one, the loop has turned at some time since the last tick.
    if (talker !== this.#lastTalker) this.#noteTurn(now, this.#lastTickAt)
    this.#lastTalker = talker
    this.#tick(now)
  }

  #tick(now: number): void {
    this.#lastTickAt = now
    const reached = Math.floor((now - this.#startedAt) / this.#slotTime)
    const first = Math.max(this.#slot + 1, reached - this.#slotCount + 1)
    this.#slot = Math.max(this.#slot, reached)
    // Armed before anybody is looked at: whatever comes of a look, the wheel goes on.
    this.#arm(now)
    if (reached < first) return

    this.#turnEnds[this.#turn] = now
    this.#turn = (this.#turn + 1) % this.#turnEnds.length

    // All of them first: after a late tick, what is planned again can fall into a slot of this tick.
    for (let slot = first; slot <= reached; slot++) this.#slotOf(slot).emptyRing(this.#due)
    // Anybody may leave meanwhile, so the ring is asked again each time.
    for (let next = this.#due.nextInRing; next !== this.#due; next = this.#due.nextInRing) {
      next.leaveRing()
      // All that is in a ring beside its head.
      this.#look(next as HeartbeatMember, now)
    }
    this.#lookAgainAtSuspects()
  }

  /** @param turnedAt when the event loop has turned, or the earliest moment at which it can have done so */
  #noteTurn(now: number, turnedAt: number): void {
    if (now - this.#loopTurnedAt > this.#interval) this.#graceUntil = now + this.#interval
    this.#loopTurnedAt = turnedAt
  }

  #lookAgainAtSuspects(): void {
    if (this.#suspects.isAloneInRing) return
    const suspects = this.#suspects
    this.#suspects = new RingNode()
    this.#clock.afterArrivals(() => {
      const now = this.#clock.now()
      this.#noteTurn(now, now)
      try {
        for (let next = suspects.nextInRing; next !== suspects; next = suspects.nextInRing) {
          next.leaveRing()
          this.#judge(next as HeartbeatMember, now)
        }
      } finally {
        // Those that are left when a member has thrown.
        suspects.emptyRing(this.#suspects)
        this.#lookAgainAtSuspects()
      }
    })
  }

  #judge(member: HeartbeatMember, now: number): void {
    if (this.#countSigns(member, now) || now < this.#graceUntil) {
      this.#look(member, now)
      return
    }
    if (--this.#size === 0) this.#stop()
    member.expire()
  }

  #look(member: HeartbeatMember, now: number): void {
    this.#countSigns(member, now)
    this.#excuseLatePing(member, now)
    let lookAt = member.seenAt + this.#timeout
    if (now >= lookAt) {
      if (now >= this.#graceUntil) {
        member.joinRing(this.#suspects)
        return
      }
      lookAt = this.#graceUntil
    }
    this.#postponePing(member)
    const pingIsDue = now >= member.pingAt
    if (pingIsDue) {
      // Whole intervals, so that pings which were spread stay spread after a pause.
      const missed = Math.floor((now - member.pingAt) / this.#interval)
      member.pingAt += (missed + 1) * this.#interval
    }
    if (member.backlogged) lookAt = Math.min(lookAt, now + 2 * this.#slotTime)
    this.#plan(member, Math.min(lookAt, member.pingAt))
    // Last, because a ping can bring to light that the connection is gone.
    if (pingIsDue) member.ping()
  }

  /**
   * A member that is asked late, for the first time since it was heard, must not have less time to answer. A
   * ping that is punctual comes within two slots.
   */
  #excuseLatePing(member: HeartbeatMember, now: number): void {
    const late = now - member.pingAt
    const isFirst = member.pingAt - this.#interval <= member.seenAt
    if (!isFirst || late <= 2 * this.#slotTime || late > this.#interval) return
    member.seenAt = Math.min(Math.ceil(now), member.seenAt + Math.ceil(late))
  }

  /** A ping that only breaks a silence is due a whole interval after the last message. */
  #postponePing(member: HeartbeatMember): void {
    const { sentAt } = member
    if (sentAt === undefined) return
    member.pingAt = Math.max(member.pingAt, Math.ceil(sentAt + this.#interval))
  }

  /** Turns the last sign of life into a time, or returns `false` when there was none. */
  #countSigns(member: HeartbeatMember, now: number): boolean {
    let at = now
    if (member.turn === this.#turn) {
      // It came from within another connection's look, in a turn that has not ended yet.
      at = this.#clock.now()
    } else if (member.turn !== COUNTED) {
      at = this.#turnEnds[member.turn] ?? now
    } else if (!member.excused()) {
      return false
    }
    member.turn = COUNTED
    member.seenAt = Math.ceil(at)
    return true
  }

  #plan(member: HeartbeatMember, at: number): void {
    const wanted = Math.ceil((at - this.#startedAt) / this.#slotTime)
    const latest = this.#slot + this.#slotCount - 1
    const slot = Math.min(Math.max(wanted, this.#slot + 1), latest)
    member.joinRing(this.#slotOf(slot))
  }

  #slotOf(slot: number): RingNode {
    // The remainder is below the number of slots.
    return this.#slots[slot % this.#slotCount] as RingNode
  }
}

/** Milliseconds after the timeout within which a silent connection is ended: max(X/8, 50 ms). */
export function heartbeatTolerance(interval: number): number {
  return Math.max(interval / 8, 50)
}
