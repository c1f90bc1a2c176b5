// What an adapter is written with. Applications need none of it.

export { canonicalAddress } from './address.ts'
export type { Capability, MissingCapabilities } from './capabilities.ts'
export { systemClock } from './clock.ts'
export type { Admission, HandshakeOutcome, ServableEndpoint } from './endpoint.ts'
export { heartbeatTolerance } from './heartbeat.ts'
export { NOT_FOUND, Refusal } from './refusal.ts'
export { type HandshakeRequest, RequestHeaders } from './request.ts'
export type {
  MessageType,
  SendResult,
  Transport,
  TransportCloseCause,
  TransportListener,
} from './transport.ts'
