// What an adapter is written with. Applications need none of it.

export { canonicalAddress } from './address.ts'
export type { Capability, Lack, MissingCapabilities } from './capabilities.ts'
export { heartbeatTolerance } from './heartbeat.ts'
export {
  duplicateEndpoint,
  type Listening,
  type ListenOptions,
  type TlsFiles,
  unusableTls,
} from './listening.ts'
export { type Bytes, bytesOf } from './message.ts'
export { COMPRESSION_THRESHOLD } from './options.ts'
export { NOT_FOUND, Refusal } from './refusal.ts'
export { type ReceivedRequest, RequestHeaders } from './request.ts'
export {
  type Admission,
  abandon,
  type HandshakeOutcome,
  type PendingOutcome,
  type ServableEndpoint,
  type SettledOutcome,
} from './servable-endpoint.ts'
export type {
  MessageType,
  SendResult,
  Transport,
  TransportCloseCause,
  TransportListener,
  TurnWaiter,
} from './transport.ts'
