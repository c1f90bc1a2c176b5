/**
 * The `AbortSignal` of the runtime. Core is compiled without the types of any runtime: a program that
 * has them gets its own, another one the part that is used most.
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

/** Tells code of the application that nobody waits for its answer any more. */
export class Cancellation {
  #controller: InstanceType<typeof AbortController> | undefined
  #isCancelled = false

  /** Made when it is first asked for: most code never asks. */
  get signal(): CancellationSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#isCancelled) this.#controller.abort()
    }
    return this.#controller.signal
  }

  /** Whether anybody has asked for the signal. */
  get isWatched(): boolean {
    return this.#controller !== undefined
  }

  cancel(): void {
    this.#isCancelled = true
    this.#controller?.abort()
  }
}
