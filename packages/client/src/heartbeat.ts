import type { Data } from './message.ts'
import { NEVER } from './message-queue.ts'
import type { ResolvedOptions } from './options.ts'
import { Unconfirmed } from './unconfirmed.ts'

/** The methods of a connection that its heartbeat uses. */
interface HeartbeatMember {
  /** Sends a heartbeat. */
  beat(message: string): void
  /** The last heartbeat that was sent has been answered. */
  answered(roundTripTime: number): void
  /** The server has been silent for the whole timeout. */
  expire(): void
}

/** The heartbeat of one connection. */
export interface Heartbeat {
  readonly unconfirmed: Unconfirmed
  /** To be called for each message that is sent. */
  said(data: Data): void
  /**
   * To be called for each message that arrives.
   *
   * @returns whether it is the answer to a heartbeat
   */
  heard(data: unknown): boolean
  /**
   * To be called before this side closes. Sends a last heartbeat when messages are unconfirmed: its answer can
   * arrive before the server's close frame, and confirms them.
   */
  finish(): void
  stop(): void
}

/**
 * The 2X rule on the client's side, for one connection.
 *
 * A heartbeat is sent when the client has sent nothing for X, so that the server knows that it is alive. It is
 * sent when the server has sent nothing for X, before the connection counts as lost. And it is sent when a
 * message was not confirmed for X. There is at most one heartbeat in X, with one exception: when half of
 * `maxUnconfirmedSize` is used and no answer is expected.
 *
 * Messages only store the time. One timer checks what is due.
 *
 * A late timer (in a frozen page, or in the background, where timers run once a minute) means that answers may
 * be unread. The server is then asked again and gets half the timeout more, once until its next message.
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
  /** Whether the server got more time in the current silence. */
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
