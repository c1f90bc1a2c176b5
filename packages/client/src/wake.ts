import type { AbortSignalLike } from './options.ts'

// What pages and workers have, and Node has not; see clock.ts on why it is named here.
interface Target {
  addEventListener(type: string, listener: () => void, options: { signal: AbortSignalLike }): void
}
interface Scope extends Partial<Target> {
  readonly document?: Target & { readonly visibilityState: string }
}

/** Calls back when the network comes back, and when the page becomes visible, until `signal` aborts. */
export function onWake(callback: () => void, signal: AbortSignalLike): void {
  // No type of a platform says what may be missing from it.
  const scope = globalThis as Scope
  const { document } = scope
  scope.addEventListener?.('online', callback, { signal })
  document?.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') callback()
    },
    { signal },
  )
}
