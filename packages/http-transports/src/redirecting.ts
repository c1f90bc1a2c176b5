import { type HttpCall, type HttpHost, isThenable } from '@wirebeat/core/extension'
import type { Redirect, RedirectFunction } from './options.ts'

/** What a `redirect` has decided, or why it is not waited for any more. */
type RedirectDecision = Redirect | undefined | 'too-slow' | 'gone'

/**
 * Asks where a client is to negotiate. The answer is waited for as that of `authorize` is: for `handshakeTimeout`, and not
 * once the client has gone.
 *
 * @throws what `redirect` throws. What it throws when nobody waits any more goes to `onError`.
 */
export async function askRedirect(
  redirect: RedirectFunction | undefined,
  call: HttpCall,
  host: HttpHost,
): Promise<RedirectDecision> {
  const answer = redirect?.(call.request)
  if (!isThenable(answer)) return answer
  return new Promise((resolve, reject) => {
    let isOver = false
    const settle = (decision: RedirectDecision): void => {
      isOver = true
      cancelTimeout()
      resolve(decision)
    }
    const fail = (error: unknown): void => {
      if (isOver) host.failed(error, call.request)
      cancelTimeout()
      reject(error)
    }
    const { clock, options } = host
    const cancelTimeout = clock.schedule(() => settle('too-slow'), options.handshakeTimeout)
    call.onGone(() => settle('gone'))
    Promise.resolve(answer).then(settle, fail)
  })
}
