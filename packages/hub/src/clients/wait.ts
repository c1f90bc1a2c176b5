import type { Clock } from '@wirebeat/core'
import { type CancellationSignal, Deferred } from '@wirebeat/core/extension'

/** How long somebody waits. */
export interface WaitOptions {
  /** In milliseconds. */
  readonly timeout: number
  readonly signal?: CancellationSignal
}

/** A signal, with the members that the types of some programs do not have. */
interface AbortTarget {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** Somebody waits for a value, until the time is up or a signal is aborted. */
export class Wait<Value> {
  readonly #deferred = new Deferred<Value>()
  readonly #cancelTimer: () => void
  readonly #signal: AbortTarget | undefined
  readonly #onOver: () => void
  readonly #aborted = (): void => this.reject(this.#signal?.reason)
  #isOver = false

  /**
   * @param late makes the error for when the time is up
   * @param onOver called when nobody waits any more
   */
  constructor(
    clock: Clock,
    { timeout, signal }: WaitOptions,
    late: () => Error,
    onOver: () => void = () => {},
  ) {
    this.#onOver = onOver
    this.#signal = signal as AbortTarget | undefined
    this.#cancelTimer = clock.schedule(() => this.reject(late()), timeout)
    this.#signal?.addEventListener('abort', this.#aborted)
  }

  get promise(): Promise<Value> {
    return this.#deferred.promise
  }

  get isOver(): boolean {
    return this.#isOver
  }

  resolve(value: Value): void {
    if (this.#isOver) return
    this.#end()
    this.#deferred.resolve(value)
  }

  reject(error: unknown): void {
    if (this.#isOver) return
    this.#end()
    this.#deferred.reject(error)
  }

  #end(): void {
    this.#isOver = true
    this.#cancelTimer()
    this.#signal?.removeEventListener('abort', this.#aborted)
    this.#onOver()
  }
}

/** Whether the wait is over before it has begun. */
export function isAborted({ signal }: WaitOptions): boolean {
  return (signal as AbortTarget | undefined)?.aborted === true
}

/** Why a signal was aborted. */
export function reasonOf({ signal }: WaitOptions): unknown {
  return (signal as AbortTarget | undefined)?.reason
}
