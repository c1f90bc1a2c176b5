import { watchRejection } from './thenable.ts'

/**
 * The `AbortSignal` of the runtime. Core is compiled without the types of any runtime. A program that has
 * such types gets its own `AbortSignal`, another program gets its two most used members.
 */
export type CancellationSignal = typeof globalThis extends {
  AbortSignal: { prototype: infer Signal }
}
  ? Signal
  : {
      readonly aborted: boolean
      addEventListener(type: 'abort', listener: () => void): void
    }

// A web standard that every runtime has; see clock.ts on why it is named here.
declare const AbortController: {
  new (): { readonly signal: CancellationSignal; abort(): void }
}

/** Tells the application that its answer is no longer needed. */
export class Cancellation {
  readonly #onError: (error: unknown) => void
  #controller: InstanceType<typeof AbortController> | undefined
  #isCancelled = false

  /** @param onError told of what a listener of the signal throws, which would end the process */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** Made on the first use, because most applications do not use it. */
  get signal(): CancellationSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      // Every signal is an event target.
      containListeners(this.#controller.signal as unknown as AbortTarget, this.#onError)
      if (this.#isCancelled) this.#controller.abort()
    }
    return this.#controller.signal
  }

  /** Whether the signal was used. */
  get isWatched(): boolean {
    return this.#controller !== undefined
  }

  cancel(): void {
    this.#isCancelled = true
    this.#controller?.abort()
  }
}

type Listener = ((event: unknown) => unknown) | { handleEvent(event: unknown): unknown }

/** An event target, as far as listeners are concerned. */
interface AbortTarget {
  addEventListener(type: string, listener: unknown, options?: unknown): void
  removeEventListener(type: string, listener: unknown, options?: unknown): void
}

/**
 * Runtimes rethrow what a listener of an event target throws where nobody can catch it. So each listener
 * of this one is wrapped.
 */
function containListeners(target: AbortTarget, onError: (error: unknown) => void): void {
  const wrappers = new WeakMap<object, (event: unknown) => void>()
  const wrap = (listener: Listener): ((event: unknown) => void) => {
    const known = wrappers.get(listener)
    if (known !== undefined) return known
    const wrapper = (event: unknown): void => {
      try {
        const call = typeof listener === 'function' ? listener : listener.handleEvent
        const result = call.call(typeof listener === 'function' ? target : listener, event)
        watchRejection(result, onError)
      } catch (error) {
        onError(error)
      }
    }
    wrappers.set(listener, wrapper)
    return wrapper
  }
  const add = target.addEventListener.bind(target)
  const remove = target.removeEventListener.bind(target)
  let onabort: unknown = null
  Object.defineProperties(target, {
    addEventListener: {
      value: (type: string, listener: unknown, options?: unknown): void =>
        add(type, isListener(listener) ? wrap(listener) : listener, options),
    },
    removeEventListener: {
      value: (type: string, listener: unknown, options?: unknown): void =>
        remove(type, isListener(listener) ? wrap(listener) : listener, options),
    },
    onabort: {
      get: () => onabort,
      set(listener: unknown) {
        if (typeof onabort === 'function') remove('abort', wrap(onabort as () => unknown))
        onabort = typeof listener === 'function' ? listener : null
        if (typeof onabort === 'function') add('abort', wrap(onabort as () => unknown))
      },
    },
  })
}

function isListener(value: unknown): value is Listener {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}
