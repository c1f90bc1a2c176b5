import type { HandshakeRequest } from '../../src/address/request.ts'
import type { Endpoint } from '../../src/endpoint/endpoint.ts'
import type { Admission } from '../../src/endpoint/served-endpoint.ts'
import type { Refusal } from '../../src/handshake/refusal.ts'
import { FakeTransport, type FakeTransportOptions } from './fake-transport.ts'
import { handshake } from './handshake.ts'
import { handshakeRequest } from './handshake-request.ts'

/** Takes a request through the handshake and opens the connection. */
export function connect<Context>(
  endpoint: Endpoint<Context>,
  options?: FakeTransportOptions,
): FakeTransport {
  const transport = new FakeTransport(options)
  transport.open(admit(endpoint).accept(transport))
  return transport
}

/** The admission of a request that must be let in at once. */
export function admit<Context>(
  endpoint: Endpoint<Context>,
  request: HandshakeRequest = handshakeRequest(),
): Admission {
  const outcome = handshake(endpoint, request)
  if (outcome.action !== 'accept') throw new Error('the request is not let in')
  return outcome.admission
}

/** The refusal of a request that must be kept out at once. */
export function refusalOf<Context>(
  endpoint: Endpoint<Context>,
  request: HandshakeRequest = handshakeRequest(),
): Refusal {
  const outcome = handshake(endpoint, request)
  if (outcome.action !== 'refuse') throw new Error('the request is not refused')
  return outcome.refusal
}
