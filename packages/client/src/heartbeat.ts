import type { Clock } from './clock.ts'
import type { Data } from './message.ts'
import type { Unconfirmed } from './unconfirmed.ts'

/** A moment after all others. */
const NEVER = Number.POSITIVE_INFINITY

export interface HeartbeatOptions {
  readonly clock: Clock
  /** The text that is sent and answered; `undefined` where none is sent. */
  readonly heartbeatMessage: string | undefined
  /** X, in milliseconds. */
  readonly keepAliveInterval: number
  /** Milliseconds that the server may be silent, 2X by default; 0 for any time. */
  readonly serverTimeout: number
}

/** What the heartbeat asks of its connection. */
export interface HeartbeatMember {
  /** Sends a heartbeat. */
  beat(message: string): void
  /** The last heartbeat that was sent has been answered. */
  answered(roundTripTime: number): void
  /** The server has been silent for the whole timeout. */
  expire(): void
}

/**
 * The 2X rule from the client's side, for one connection.
 *
 * A heartbeat is due when this side has said nothing for X, so that the server knows that it is
 * alive; when the server has said nothing for X, so that it is asked before it is given up; and when a
 * message has gone unconfirmed for X. Never more often than every X, but for one case: when the room
 * for unconfirmed messages is half full and no answer is under way.
 *
 * Traffic only notes the time. One timer looks when something can be due.
 *
 * A timer that comes late (a page that was frozen, or one in the background whose timers are slowed to
 * one a minute) says that time was lost: answers may lie unread. The server is then asked again,
 * and given half the timeout more, once until it says something.
 */
export class Heartbeat {
  readonly unconfirmed: Unconfirmed
  readonly #options: HeartbeatOptions
  readonly #member: HeartbeatMember
  #saidAt: number
  #heardAt: number
  #beatAt: number
  #sent = 0
  #answered = 0
  #plannedAt = 0
  /** Whether the present silence has been given more time. */
  #isExtended = false
  #cancelTimer: (() => void) | undefined

  constructor(options: HeartbeatOptions, unconfirmed: Unconfirmed, member: HeartbeatMember) {
    this.#options = options
    this.unconfirmed = unconfirmed
    this.#member = member
    this.#saidAt = this.#heardAt = this.#beatAt = options.clock.now()
    this.#plan(this.#beatAt)
  }

  /** A message was handed to the socket. */
  said(data: Data): void {
    const now = this.#options.clock.now()
    this.#saidAt = now
    this.unconfirmed.add(data, this.#sent, now)
    if (this.unconfirmed.size * 2 > this.unconfirmed.maxSize && this.#answered === this.#sent)
      this.#beat(now)
  }

  /**
   * A message came.
   *
   * @returns whether it was the answer to a heartbeat
   */
  heard(data: unknown): boolean {
    const now = this.#options.clock.now()
    this.#heardAt = now
    this.#isExtended = false
    if (data !== this.#options.heartbeatMessage) return false
    if (this.#answered < this.#sent) {
      this.unconfirmed.confirm(++this.#answered)
      if (this.#answered === this.#sent) this.#member.answered(now - this.#beatAt)
    }
    return true
  }

  /**
   * The connection is about to be closed by this side. The answer to one more heartbeat can still come
   * before the server's close frame, and confirm what was sent last.
   */
  finish(): void {
    this.stop()
    if (this.unconfirmed.first !== undefined) this.#beat(this.#options.clock.now())
  }

  stop(): void {
    this.#cancelTimer?.()
  }

  get #nextBeatAt(): number {
    const { heartbeatMessage, keepAliveInterval } = this.#options
    if (heartbeatMessage === undefined) return NEVER
    const quietSince = Math.min(this.#saidAt, this.#heardAt, this.unconfirmed.first?.at ?? NEVER)
    return Math.max(this.#beatAt, quietSince) + keepAliveInterval
  }

  get #deadline(): number {
    return this.#heardAt + (this.#options.serverTimeout || NEVER)
  }

  #plan(now: number): void {
    this.#plannedAt = Math.min(this.#nextBeatAt, this.#deadline)
    this.#cancelTimer = this.#options.clock.schedule(this.#look, this.#plannedAt - now)
  }

  readonly #look = (): void => {
    const { clock, serverTimeout } = this.#options
    const now = clock.now()
    const isLate = now - this.#plannedAt > Math.max(serverTimeout / 16, 50)
    if (isLate && !this.#isExtended) {
      this.#isExtended = true
      this.#heardAt = Math.max(this.#heardAt, now - serverTimeout / 2)
      this.#beat(now)
    } else if (now >= this.#deadline) {
      this.#member.expire()
      return
    } else if (now >= this.#nextBeatAt) {
      this.#beat(now)
    }
    this.#plan(now)
  }

  #beat(now: number): void {
    const { heartbeatMessage } = this.#options
    if (heartbeatMessage === undefined) return
    this.#saidAt = this.#beatAt = now
    this.#sent++
    this.#member.beat(heartbeatMessage)
  }
}
