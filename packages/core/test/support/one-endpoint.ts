import type { HandshakeRequest } from '../../src/address/request.ts'
import { Endpoint } from '../../src/endpoint/endpoint.ts'
import type { EndpointOptions } from '../../src/endpoint/options.ts'
import type { HandshakeOutcome, PendingOutcome } from '../../src/handshake/servable-endpoint.ts'
import { handshakeRequest } from './handshake-request.ts'
import { ManualClock } from './manual-clock.ts'

export function setUp<Context = undefined>(options: Partial<EndpointOptions<Context>> = {}) {
  const clock = new ManualClock()
  const errors: unknown[] = []
  const endpoint = new Endpoint<Context>({
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
export function inShort(outcome: HandshakeOutcome): string {
  return outcome.action === 'refuse' ? outcome.refusal.reason : outcome.action
}

/** A request about which `authorize` is still deciding. */
export function pend<Context>(
  endpoint: Endpoint<Context>,
  request: HandshakeRequest = handshakeRequest(),
): PendingOutcome {
  const outcome = endpoint.handshake(request)
  if (outcome.action !== 'wait') throw new Error('the request is decided about already')
  return outcome
}

/** The refusals that there were, by reason. */
export function refusalsOf<Context>(endpoint: Endpoint<Context>): Record<string, number> {
  const counts = Object.entries(endpoint.stats().refusals)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}
