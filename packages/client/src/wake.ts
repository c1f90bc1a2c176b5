import type { AbortSignalLike } from './options.ts'

// Pages and workers have these, and Node has not; see clock.ts on why they are declared here.
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
  // They may be missing, whatever the types of the platform say.
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
