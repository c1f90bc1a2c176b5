// For authors of adapters. Applications do not need it.

export { canonicalAddress } from './address/address.ts'
export { HeaderFields, type ReceivedRequest } from './address/request.ts'
export type { Burst, GatheredMessage } from './connection/burst.ts'
export { type CorkedSocket, CorkedTransport } from './connection/corked-transport.ts'
export { COMPRESSION_THRESHOLD, type MessageType } from './connection/message.ts'
export type { Prepared } from './connection/prepared.ts'
export type {
  SendResult,
  Transport,
  TransportCloseCause,
  TransportListener,
  TurnWaiter,
} from './connection/transport.ts'
export { type BurstSender, MAX_BURST, TurnBatch } from './connection/turn-batch.ts'
export type { Adapter } from './endpoint/adapter.ts'
export { AttachedEndpoints } from './endpoint/attached-endpoints.ts'
export type {
  Capability,
  MissingCapabilities,
  MissingCapability,
} from './endpoint/capabilities.ts'
export { checkHost } from './endpoint/check-host.ts'
export {
  cannotListen,
  checkListenOptions,
  deadlinesPassed,
  type Listening,
  type ListenOptions,
  type ResolvedListenOptions,
  type TlsFiles,
  unusableTls,
} from './endpoint/listening.ts'
export type { PlainAnswer } from './endpoint/plain-requests.ts'
export { serve } from './endpoint/serve.ts'
export {
  type Admission,
  SERVED,
  type ServedEndpoint,
  type ServedOptions,
  type UpgradeHandler,
} from './endpoint/served-endpoint.ts'
export { receivedFromWeb, upgradeFromWeb, webResponse } from './endpoint/web-host.ts'
export type { WebBody, WebRequest, WebResponse } from './endpoint/web-request.ts'
export { asksForWebSocket } from './handshake/handshake.ts'
export { NOT_FOUND, type PlainResponse, Refusal } from './handshake/refusal.ts'
export { fieldLines, type ResponseHeaders } from './handshake/response-headers.ts'
export { heartbeatTolerance } from './heartbeat/heartbeat.ts'
export type { BodyReader, HttpExchange, HttpHead, HttpStream } from './http/exchange.ts'
export { type Bytes, bytesOf } from './runtime/bytes.ts'
export { checkFlag, wrongValue } from './runtime/option-error.ts'
