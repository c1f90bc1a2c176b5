import type { Data } from './message.ts'
import type { ResolvedOptions } from './options.ts'
import { Unconfirmed } from './unconfirmed.ts'

/** A moment after all others. */
const NEVER = Number.POSITIVE_INFINITY

/** What the heartbeat asks of its connection. */
interface HeartbeatMember {
  /** Sends a heartbeat. */
  beat(message: string): void
  /** The last heartbeat that was sent has been answered. */
  answered(roundTripTime: number): void
  /** The server has been silent for the whole timeout. */
  expire(): void
}

/** What a connection tells its heartbeat. */
export interface Heartbeat {
  readonly unconfirmed: Unconfirmed
  /** A message was handed to the socket. */
  said(data: Data): void
  /**
   * A message came.
   *
   * @returns whether it was the answer to a heartbeat
   */
  heard(data: unknown): boolean
  /**
   * The connection is about to be closed by this side. The answer to one more heartbeat can still come
   * before the server's close frame, and confirm what was sent last.
   */
  finish(): void
  stop(): void
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
export function startHeartbeat(options: ResolvedOptions, member: HeartbeatMember): Heartbeat {
  const { clock, heartbeatMessage, keepAliveInterval, serverTimeout } = options
  const unconfirmed = new Unconfirmed(options.maxUnconfirmedSize)
  let beatAt = clock.now()
  let saidAt = beatAt
  let heardAt = beatAt
  let sent = 0
  let answered = 0
  let plannedAt = beatAt
  /** Whether the present silence has been given more time. */
  let isExtended = false
  let cancelTimer = plan(beatAt)

  function nextBeatAt(): number {
    if (heartbeatMessage === undefined) return NEVER
    const quietSince = Math.min(saidAt, heardAt, unconfirmed.first?.at ?? NEVER)
    return Math.max(beatAt, quietSince) + keepAliveInterval
  }

  function deadline(): number {
    return heardAt + (serverTimeout || NEVER)
  }

  function plan(now: number): () => void {
    plannedAt = Math.min(nextBeatAt(), deadline())
    return clock.schedule(look, plannedAt - now)
  }

  function look(): void {
    const now = clock.now()
    const isLate = now - plannedAt > Math.max(serverTimeout / 16, 50)
    if (isLate && !isExtended) {
      isExtended = true
      heardAt = Math.max(heardAt, now - serverTimeout / 2)
      beat(now)
    } else if (now >= deadline()) {
      member.expire()
      return
    } else if (now >= nextBeatAt()) {
      beat(now)
    }
    cancelTimer = plan(now)
  }

  function beat(now: number): void {
    if (heartbeatMessage === undefined) return
    saidAt = beatAt = now
    sent++
    member.beat(heartbeatMessage)
  }

  return {
    unconfirmed,
    said(data) {
      saidAt = clock.now()
      unconfirmed.add(data, sent, saidAt)
      if (unconfirmed.size * 2 > unconfirmed.maxSize && answered === sent) beat(saidAt)
    },
    heard(data) {
      heardAt = clock.now()
      isExtended = false
      if (data !== heartbeatMessage) return false
      if (answered < sent) {
        unconfirmed.confirm(++answered)
        if (answered === sent) member.answered(heardAt - beatAt)
      }
      return true
    },
    finish() {
      cancelTimer()
      if (unconfirmed.first !== undefined) beat(clock.now())
    },
    stop: () => cancelTimer(),
  }
}
