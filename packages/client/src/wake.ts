import type { Clock } from './clock.ts'
import type { AbortSignalLike } from './options.ts'

// Pages and workers have these, and Node has not; see clock.ts on why they are declared here.
interface Scope {
  readonly document?: { readonly visibilityState: string }
  addEventListener?(
    type: string,
    listener: () => void,
    options: { readonly signal: AbortSignalLike },
  ): void
}

/** Milliseconds from look to look. */
const INTERVAL = 5_000

/**
 * Looks every five seconds, and when this side may have been away, until the signal aborts: without a network,
 * frozen, or asleep.
 *
 * The return of the network and of the page are events. A machine that slept tells of nothing, and workers
 * have no event for a page. There a timer comes late, by the wall clock: the monotonic clock may have stood still.
 * The timers of a hidden page are late anyway; it has an event when it becomes visible.
 *
 * @param look is called with whether this side may have been away
 */
export function watch(
  clock: Clock,
  signal: AbortSignalLike,
  look: (wasAway: boolean) => void,
): void {
  // They may be missing, whatever the types of the platform say.
  const scope = globalThis as Scope
  const report = (mayBeBack: boolean) => {
    look(mayBeBack && scope.document?.visibilityState !== 'hidden')
  }
  for (const type of ['online', 'pageshow', 'resume', 'visibilitychange']) {
    // Events of the document bubble to the window.
    scope.addEventListener?.(type, () => report(true), { signal })
  }
  let cancel = plan()
  signal.addEventListener('abort', () => cancel())

  function plan(): () => void {
    const date = Date.now()
    return clock.schedule(() => {
      cancel = plan()
      report(Date.now() - date > 2 * INTERVAL)
    }, INTERVAL)
  }
}
