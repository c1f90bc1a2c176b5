import type { HandshakeRequest } from '../../src/address/request.ts'
import type { Endpoint } from '../../src/endpoint/endpoint.ts'
import type { EndpointOptions } from '../../src/endpoint/options.ts'
import { RunningEndpoint } from '../../src/endpoint/running-endpoint.ts'
import { handshake, type Outcome, type Pending } from './handshake.ts'
import { handshakeRequest } from './handshake-request.ts'
import { ManualClock } from './manual-clock.ts'

export function setUp<Context = undefined>(options: Partial<EndpointOptions<Context>> = {}) {
  const clock = new ManualClock()
  const errors: unknown[] = []
  // Not createEndpoint, which asks for an authorize where there is a context.
  const endpoint: Endpoint<Context> = new RunningEndpoint<Context>({
    session: {},
    clock,
    keepAliveInterval: 0,
    onError: (error) => errors.push(error),
    ...options,
  })
  return { clock, errors, endpoint }
}

export const from = (remoteAddress: string) => handshakeRequest({ remoteAddress })

/** In short, what became of a request. */
export function inShort(outcome: Outcome): string {
  return outcome.action === 'refuse' ? outcome.refusal.reason : outcome.action
}

/** A request about which `authorize` is still deciding. */
export function pend<Context>(
  endpoint: Endpoint<Context>,
  request: HandshakeRequest = handshakeRequest(),
): Pending {
  const outcome = handshake(endpoint, request)
  if (outcome.action !== 'wait') throw new Error('the request is decided about already')
  return outcome
}

/** The refusals that there were, by reason. */
export function refusalsOf<Context>(endpoint: Endpoint<Context>): Record<string, number> {
  const counts = Object.entries(endpoint.stats().refusals)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}
