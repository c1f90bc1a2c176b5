import type { SendResult } from '@wirebeat/core'
import { isThenable } from '@wirebeat/core/extension'
import type { HubEncoding } from '../protocol/encoding.ts'

/** How many items are sent between two looks at the clock. */
const STRIDE = 16
/** How many items one stream may send in a turn of the event loop. */
const MAX_TOGETHER = 128
/** Milliseconds that one stream may take of a turn. */
const SHARE = 5

/** The connection that a stream goes to. */
export interface StreamTarget {
  readonly encoding: HubEncoding
  write(encoded: string | Uint8Array): SendResult
  /** Resolves when the network has taken what waits, or the connection has ended. */
  drained(): Promise<void>
  /** Resolves in another turn of the event loop. */
  turn(): Promise<void>
  /** Milliseconds. */
  now(): number
}

/** What a method yields, on its way to the client. The next item is asked for when the client has taken those before. */
export class StreamOut {
  readonly #target: StreamTarget
  readonly #id: string
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>
  #isStopped = false

  constructor(
    target: StreamTarget,
    id: string,
    iterator: Iterator<unknown> | AsyncIterator<unknown>,
  ) {
    this.#target = target
    this.#id = id
    this.#iterator = iterator
  }

  /** Resolves when the method has no more to yield, or was stopped. Rejects when it throws. */
  async run(): Promise<void> {
    let sent = 0
    let since = this.#target.now()
    for (;;) {
      const asked = this.#iterator.next()
      const { done, value } = isThenable(asked) ? await asked : asked
      if (done === true || this.#isStopped) return
      const result = this.#target.write(this.#target.encoding.streamItem(this.#id, value))
      if (result === 'closed') this.stop()
      else if (result === 'queued') await this.#target.drained()
      if (this.#isStopped) return
      sent++
      const isSpent = sent % MAX_TOGETHER === 0 || this.#target.now() - since >= SHARE
      if (sent % STRIDE === 0 && isSpent) {
        await this.#target.turn()
        since = this.#target.now()
      }
    }
  }

  /** Ends the method where it stands. */
  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    end(this.#iterator)
  }
}

/** Tells an iterator that nobody reads on. What it throws then is of no interest. */
export function end(iterator: Iterator<unknown> | AsyncIterator<unknown>): void {
  try {
    const ended: unknown = iterator.return?.()
    if (isThenable(ended)) ended.then(undefined, () => {})
  } catch {
    // Nobody reads it.
  }
}

/**
 * The iterator of what a method has returned, if that is a stream.
 *
 * @throws what the application throws when it is asked for the iterator, such as for a ReadableStream that is locked.
 */
export function iteratorOf(
  value: unknown,
  isGenerator: boolean,
): Iterator<unknown> | AsyncIterator<unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Symbol.asyncIterator in value) {
    return (value as AsyncIterable<unknown>)[Symbol.asyncIterator]()
  }
  // Of what can be iterated, only generators are streams: arrays and maps are answers.
  if (!isGenerator || !(Symbol.iterator in value)) return undefined
  return (value as Iterable<unknown>)[Symbol.iterator]()
}
