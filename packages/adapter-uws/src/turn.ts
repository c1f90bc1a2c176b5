import { setImmediate } from 'node:timers'
import { TurnBatch, type TurnWaiter } from '@wirebeat/core/adapter'

/**
 * How many sessions may wait in one turn. Their messages were copied, and V8 copies them again at each garbage
 * collection. With many more that would cost what the waiting saves.
 */
const MAX_WAITERS = 128
/** How many sessions are woken together. What they send leaves before the next are woken. */
const GROUP_SIZE = 8

/**
 * A turn of the event loop. The engine runs promises after each message that it delivers, so a loop session
 * wakes for one message, answers it, and waits again. At 64 bytes with 16 messages outstanding, a profile
 * shows a third of the time in waking sessions, and in the system waking the client with each answer. So when
 * several messages arrive together, sessions are woken at the end of the turn, each for all its messages. What
 * a session sends until it waits again is gathered, and is sent in one write for each connection.
 */
class Turn extends TurnBatch {
  #waiters: TurnWaiter[] = []

  constructor() {
    super(setImmediate)
  }

  /** Wakes the session at the end of the turn. Returns `false` when enough sessions wait. */
  awaitEnd(waiter: TurnWaiter): boolean {
    if (this.#waiters.length === MAX_WAITERS) return false
    if (this.#waiters.length % GROUP_SIZE === 0) {
      // One after the other: Node runs promises between the two, and reads nothing meanwhile.
      setImmediate(this.#wakeGroup)
      setImmediate(this.#endGroup)
    }
    this.#waiters.push(waiter)
    return true
  }

  readonly #wakeGroup = (): void => {
    this.isEnding = true
    for (const waiter of this.#waiters.splice(0, GROUP_SIZE)) waiter.turnEnded()
  }

  readonly #endGroup = (): void => {
    this.isEnding = false
    this.flush()
  }
}

/** One turn for all connections of the thread, because they share its event loop. */
export const turn: Turn = new Turn()
