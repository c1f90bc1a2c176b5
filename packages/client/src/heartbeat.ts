import type { Sendable } from './message.ts'
import { MessageQueue, NEVER } from './message-queue.ts'
import type { ResolvedOptions } from './options.ts'
import type { WebSocketLike } from './web-socket.ts'

/** What may not have arrived at the end of a connection. */
export interface Uncertain {
  /** Whether the server was asked because this side was away, and has not answered. */
  readonly isAsked: boolean
  readonly messages: readonly Sendable[]
  /** How many more messages, at most, that there was no room to keep. */
  readonly forgotten: number
}

/** The heartbeat of one connection. */
export interface Heartbeat {
  /** Sends a message of the application. */
  send(data: Sendable): void
  /**
   * To be called for each message that arrives.
   *
   * @returns whether it is the answer to a heartbeat
   */
  heard(data: unknown): boolean
  /** Does what is due. Asks the server whether it is still there, where this side was away. */
  look(wasAway: boolean): void
  /**
   * To be called before this side closes. Sends a last heartbeat when messages are unconfirmed: its answer can
   * arrive before the server's close frame, and confirms them.
   */
  finish(): void
  stop(): Uncertain
}

/**
 * The 2X rule on the client's side, for one connection.
 *
 * A heartbeat is sent when the client has sent nothing for X, so that the server knows that it is alive. It is
 * sent when the server has sent nothing for X, before the connection counts as lost. And it is sent when a
 * message was not confirmed for X. There is at most one heartbeat in X, with two exceptions: when half of
 * `maxUnconfirmedSize` is used and no answer is expected, and when this side may have been away.
 *
 * Messages only store the time. One timer checks what is due.
 *
 * A timer that is late (in a frozen page, or in the background, where timers run once a minute) means that this
 * side was away, and that answers may be unread. The server is then asked, and has half the timeout to answer, at
 * most `connectTimeout`. That happens once until its next message.
 *
 * @param onAnswer is called when the last heartbeat that was sent has been answered, with the round-trip time
 * @param onExpire is called when the server has been silent for the whole timeout
 */
export function startHeartbeat(
  options: ResolvedOptions,
  socket: WebSocketLike,
  onAnswer: (roundTripTime: number) => void,
  onExpire: () => void,
): Heartbeat {
  const { clock, connectTimeout, heartbeatMessage, maxUnconfirmedSize, serverTimeout } = options
  const limit = serverTimeout || NEVER
  const interval = heartbeatMessage ? options.keepAliveInterval : NEVER
  /** Messages that were sent and may not have arrived. */
  const unconfirmed = new MessageQueue(maxUnconfirmedSize)
  /** How many of them were dropped because there was no room, at most. The oldest are dropped first. */
  let forgotten = 0
  /** The number of heartbeats that were sent before the last dropped message. */
  let beatsForgotten = 0
  let beatAt = clock.now()
  let saidAt = beatAt
  let heardAt = beatAt
  let deadline = beatAt + limit
  let sent = 0
  let answered = 0
  let plannedAt = beatAt
  /** Whether the server was asked because this side was away, and has said nothing since. */
  let isAsked = false
  /** What waited for the network at the last look. */
  let buffered = 0
  let cancelTimer = plan(beatAt)

  function nextBeatAt(): number {
    const [oldest] = unconfirmed
    const quietSince = Math.min(saidAt, heardAt, oldest?.at ?? NEVER)
    return Math.max(beatAt, quietSince) + interval
  }

  function plan(now: number): () => void {
    // For a look at what waits for the network, at half the time.
    plannedAt = Math.min(nextBeatAt(), deadline, now + limit / 2)
    return clock.schedule(look, plannedAt - now)
  }

  function look(wasAway?: boolean): void {
    const now = clock.now()
    const isLate = now - plannedAt > Math.max(limit / 16, 50)
    sample(now)
    cancelTimer()
    if ((wasAway || isLate) && !isAsked) {
      isAsked = true
      // Without a heartbeat nothing is asked, and the server may speak when it likes.
      if (heartbeatMessage) {
        if (serverTimeout) deadline = now + Math.min(connectTimeout, limit / 2)
        beat(now)
      } else deadline = Math.max(deadline, now + limit / 2)
    } else if (now >= deadline) {
      onExpire()
      return
    } else if (now >= nextBeatAt()) beat(now)
    cancelTimer = plan(now)
  }

  function beat(now: number): void {
    saidAt = beatAt = now
    sent++
    // Never without one.
    socket.send(heartbeatMessage as string)
  }

  function hear(now: number): void {
    heardAt = now
    deadline = now + limit
    isAsked = false
  }

  /**
   * The network takes more of what waits only because the server has taken some. That nothing waits any more tells
   * nothing: a message waits for a moment even where the network takes all of it at once.
   */
  function sample(now: number): void {
    const { bufferedAmount } = socket
    if (bufferedAmount > 0 && bufferedAmount < buffered) hear(now)
    buffered = bufferedAmount
  }

  return {
    send(data) {
      saidAt = clock.now()
      if (buffered) sample(saidAt)
      socket.send(data)
      if (buffered) buffered = socket.bufferedAmount
      while (maxUnconfirmedSize > 0 && !unconfirmed.push(data, NEVER, sent, saidAt)) {
        const [oldest] = unconfirmed
        forgotten++
        beatsForgotten = oldest?.beats ?? sent
        if (oldest === undefined) break
        unconfirmed.pull(oldest)
      }
      if (unconfirmed.used * 2 > maxUnconfirmedSize && answered === sent) beat(saidAt)
    },
    heard(data) {
      hear(clock.now())
      if (data !== heartbeatMessage) return false
      if (answered < sent) {
        answered++
        // It confirms what was sent before the heartbeat, because the stream is ordered.
        for (const entry of unconfirmed) {
          if (entry.beats >= answered) break
          unconfirmed.pull(entry)
        }
        if (beatsForgotten < answered) forgotten = 0
        if (answered === sent) onAnswer(heardAt - beatAt)
      }
      return true
    },
    look,
    finish() {
      cancelTimer()
      if (unconfirmed.size > 0) beat(clock.now())
    },
    stop() {
      cancelTimer()
      return { messages: unconfirmed.take(), forgotten, isAsked }
    },
  }
}
