import type { HandshakeRequest } from '../../src/address/request.ts'
import type { Endpoint } from '../../src/endpoint/endpoint.ts'
import { serve } from '../../src/endpoint/serve.ts'
import type { Admission } from '../../src/endpoint/served-endpoint.ts'
import type { Refusal } from '../../src/handshake/refusal.ts'

/** What has become of a request for the endpoint's path. */
export type Settled =
  | { readonly action: 'refuse'; readonly refusal: Refusal }
  | { readonly action: 'accept'; readonly admission: Admission }

/** `authorize` has not decided yet. */
export interface Pending {
  readonly action: 'wait'
  readonly outcome: Promise<Settled>
  /** The client goes away. */
  abandon(): void
}

export type Outcome = { readonly action: 'pass' } | Settled | Pending

/** Hands a request to an endpoint as an adapter does, and tells what it is to carry out. */
export function handshake<Context>(
  endpoint: Endpoint<Context>,
  request: HandshakeRequest,
): Outcome {
  let settled: Settled | undefined
  let settle = (outcome: Settled): void => {
    settled = outcome
  }
  let pending: Pending | undefined
  const isFor = serve(endpoint).upgrade(request, {
    refuse: (refusal) => settle({ action: 'refuse', refusal }),
    accept: (admission) => settle({ action: 'accept', admission }),
    wait(abandon) {
      const outcome = new Promise<Settled>((resolve) => {
        settle = resolve
      })
      pending = { action: 'wait', outcome, abandon }
    },
  })
  if (!isFor) return { action: 'pass' }
  const outcome = settled ?? pending
  if (outcome === undefined) throw new Error('the endpoint has decided nothing')
  return outcome
}
