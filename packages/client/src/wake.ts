import type { AbortSignalLike } from './options.ts'

// What pages and workers have, and Node has not; see clock.ts on why it is named here.
interface Target {
  addEventListener(type: string, listener: () => void, options: Until): void
}
interface Until {
  readonly signal: AbortSignalLike
}
interface Scope extends Partial<Target> {
  readonly document?: Target & { readonly visibilityState: string }
}

/** Calls back when the network returns, and when the page becomes visible, until the signal aborts. */
export function onWake(callback: () => void, end: Until): void {
  // No type of a platform says what may be missing from it.
  const scope = globalThis as Scope
  const { document } = scope
  scope.addEventListener?.('online', callback, end)
  document?.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') callback()
    },
    end,
  )
}
