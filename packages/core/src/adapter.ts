// What an adapter is written with. Applications need none of it.

export { canonicalAddress } from './address/address.ts'
export { type ReceivedRequest, RequestHeaders } from './address/request.ts'
export { type Bytes, bytesOf, type MessageType } from './connection/message.ts'
export type {
  SendResult,
  Transport,
  TransportCloseCause,
  TransportListener,
  TurnWaiter,
} from './connection/transport.ts'
export type { Capability, Lack, MissingCapabilities } from './endpoint/capabilities.ts'
export {
  duplicateEndpoint,
  type Listening,
  type ListenOptions,
  type TlsFiles,
  unusableTls,
} from './endpoint/listening.ts'
export { COMPRESSION_THRESHOLD } from './endpoint/options.ts'
export { NOT_FOUND, Refusal } from './handshake/refusal.ts'
export {
  type Admission,
  abandon,
  type HandshakeOutcome,
  type PendingOutcome,
  type ServableEndpoint,
  type SettledOutcome,
} from './handshake/servable-endpoint.ts'
export { heartbeatTolerance } from './heartbeat/heartbeat.ts'
