import { Endpoint, type HandshakeOutcome } from '../src/endpoint.ts'
import type { EndpointOptions } from '../src/options.ts'
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
