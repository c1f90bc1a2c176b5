import type { Clock } from '../runtime/clock.ts'
import { RingNode } from './ring.ts'

interface HeartbeatOptions {
  /** X, the milliseconds between two pings. */
  readonly interval: number
  /** How long a client may be silent, in milliseconds. 2X by default. */
  readonly timeout: number
}

/** The value of `turn` after the last sign of life was stored as a time in `seenAt`. */
const COUNTED = -1
/** The number of signs of life between two reads of the clock. A prime, so that it is seldom the same connection's turn. */
const TOUCHES_BETWEEN_LOOKS = 127

/**
 * A connection as the heartbeat sees it, and its place in the timing wheel. It is one object and not two,
 * because there can be a million. Its fields are private, so that they are not printed with a connection.
 * Times are whole milliseconds, because V8 allocates an object for a fraction.
 */
export abstract class HeartbeatMember extends RingNode {
  #seenAt = 0
  #pingAt = 0
  // Last, so that it lies beside the other fields that a message needs.
  #turn: number = COUNTED

  /** The turn of the last sign of life, or `COUNTED`. */
  get turn(): number {
    return this.#turn
  }

  set turn(turn: number) {
    this.#turn = turn
  }

  /** The latest time at which the last counted sign of life can have arrived. */
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

  /** Sends a ping to the client. */
  abstract ping(): void
  /**
   * When the last message was sent, for a connection that needs a ping only after a silence. `undefined` for
   * a connection that needs every ping.
   */
  abstract get sentAt(): number | undefined
  /** The client was silent for the whole timeout. The heartbeat has removed the connection before. */
  abstract expire(): void
  /** Whether bytes wait in the transport, so that `excused` has to be asked more often. */
  abstract get backlogged(): boolean
  /**
   * Whether silence does not count: the client has taken bytes since the last call, or the server itself has
   * paused reading.
   */
  abstract excused(): boolean
}

/** Its multiples modulo 1 fill the interval from 0 to 1 evenly, for any number of them. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2
/**
 * Connections that open one after another get their pings at the same phase, in groups of a 64th of all and
 * of at most this size. Their memory lies side by side, and visiting it in that order takes a quarter of the
 * time with a million connections.
 */
const MAX_GROUP = 256

/**
 * The 2X rule for all connections of an endpoint: one timing wheel, one timer.
 *
 * A sign of life stores one small integer, the current turn of the wheel. It moves no entry and allocates
 * nothing, and only one in 127 reads the clock. A connection is checked when its ping is due or its timeout
 * has passed, so about once in X. A check takes the same time for any number of connections.
 *
 * - Never early: a sign of life counts from the end of the turn in which it arrived. The end is read from the
 *   clock, so a late timer ends no connection too early. A connection that seems to be gone is checked again
 *   after everything that had arrived by then was read.
 * - Never late: a slot is an eighth of the tolerance max(X/8, 50 ms). Two slots are lost, one for the turn and
 *   one for the slot. While bytes wait, three more are lost, because only a check can see that bytes were
 *   taken. The rest is for the timer and for unread data. A process that reads messages all the time is late
 *   with its timers, by seconds with ten thousand busy connections. So signs of life turn the wheel as well.
 * - After a jump of the clock by more than X (a suspended process) every connection gets one more X. Jumps are
 *   measured between turns of the event loop, so a jump is seen also while a single client sends all the time.
 * - A connection whose ping was late gets that much more time to answer.
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
  /** The head of the ring of the connections that are being checked. */
  readonly #due = new RingNode()
  /** The head of the ring of the connections that seem to be gone and are checked again. */
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
  /** The number of connections in the wheel. */
  #size = 0
  #phase = 0
  /** How many more connections get the current phase. */
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

  /** The time of the last tick: about the current time, without reading the clock. */
  get lastTickAt(): number {
    return this.#lastTickAt
  }

  /** Adds a connection. This counts as its first sign of life. */
  add(member: HeartbeatMember): void {
    const now = this.#clock.now()
    if (this.#size++ === 0) this.#start(now)
    if (this.#groupRoom-- === 0) this.#startGroup()
    member.seenAt = Math.ceil(now)
    member.pingAt = Math.ceil(now + this.#interval * this.#phase)
    this.#plan(member, Math.min(member.pingAt, now + this.#timeout))
  }

  /** Removes a connection. */
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
   * Checks a connection soon, and then often while it is backlogged, because only a check can see that the
   * client takes bytes.
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
    // Armed before the checks, so that the wheel goes on when a check throws.
    this.#arm(now)
    if (reached < first) return

    this.#turnEnds[this.#turn] = now
    this.#turn = (this.#turn + 1) % this.#turnEnds.length

    // Empty all slots first: after a late tick, a check can plan a connection into a slot of this tick.
    for (let slot = first; slot <= reached; slot++) this.#slotOf(slot).emptyRing(this.#due)
    // Connections may leave meanwhile, so the ring is read again each time.
    for (let next = this.#due.nextInRing; next !== this.#due; next = this.#due.nextInRing) {
      next.leaveRing()
      // All nodes of a ring beside its head are members.
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
        // The rest, when a member has thrown.
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
    // Last, because the ping can end the connection.
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
    // It can have been heard later than this turn began.
    const asIfHeardAt = Math.min(Math.ceil(now), member.seenAt + Math.ceil(late))
    member.seenAt = Math.max(member.seenAt, asIfHeardAt)
  }

  /** A ping that only breaks a silence is due a whole interval after the last message. */
  #postponePing(member: HeartbeatMember): void {
    const { sentAt } = member
    if (sentAt === undefined) return
    member.pingAt = Math.max(member.pingAt, Math.ceil(sentAt + this.#interval))
  }

  /** Stores the last sign of life as a time. Returns `false` when there was none. */
  #countSigns(member: HeartbeatMember, now: number): boolean {
    let at = now
    if (member.turn === this.#turn) {
      // It arrived during the check of another connection, in a turn that has not ended yet.
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

/**
 * How long after the timeout a silent connection is ended at the latest, in milliseconds: max(X/8, 50).
 *
 * @param interval X, the option `keepAliveInterval`, in milliseconds
 */
export function heartbeatTolerance(interval: number): number {
  return Math.max(interval / 8, 50)
}
