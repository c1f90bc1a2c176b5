export type { ForwardedHeader } from './address/forwarded.ts'
export type { ParamsOf, PathParams } from './address/path.ts'
export type {
  ClientCertificate,
  HandshakeRequest,
  ReceivedRequest,
  RequestHeaders,
} from './address/request.ts'
export type { TrustedProxies } from './address/trusted-proxies.ts'
export { type CloseCause, CloseCode, type CloseEvent } from './connection/close.ts'
export type { Connection } from './connection/connection.ts'
export { ConnectionClosedError } from './connection/connection-closed-error.ts'
export type { Message, MessageType } from './connection/message.ts'
export { type Prepared, prepare } from './connection/prepared.ts'
export type { MessageRate } from './connection/rate-limit.ts'
export type { SendResult, TransportKind } from './connection/transport.ts'
export { createEndpoint, type Endpoint, type EndpointSettings } from './endpoint/endpoint.ts'
export type { EndpointEvents, ErrorSource } from './endpoint/endpoint-events.ts'
export type { EndpointOptions } from './endpoint/options.ts'
export type { ShutdownOptions, ShutdownProgress, ShutdownReport } from './endpoint/shutdown.ts'
export type { EndpointStats, MessageStats } from './endpoint/stats.ts'
export {
  type Allowed,
  type AllowOptions,
  type Authorize,
  type AuthorizeAnswer,
  type AuthorizeOptions,
  allow,
} from './handshake/authorize.ts'
export type { CompressionFunction } from './handshake/extensions.ts'
export type { AllowedOrigin, AllowedOrigins, OriginFunction } from './handshake/origin.ts'
export {
  type Refusal,
  type RefusalReason,
  type RefuseOptions,
  refuse,
} from './handshake/refusal.ts'
export type { GivenHeaders, ResponseHeaders } from './handshake/response-headers.ts'
export type { RoundTripBucket, RoundTripStats } from './heartbeat/round-trips.ts'
export type { HttpExtension } from './http/extension.ts'
export { type Bytes, bytesOf } from './runtime/bytes.ts'
export type { Clock } from './runtime/clock.ts'
export { OptionError } from './runtime/option-error.ts'
export { echo, echoLoop } from './session/echo.ts'
export { type LoopConnection, type LoopSession, loop } from './session/loop.ts'
export type { BorrowingSession, HandlerSession, NeedsContext, Session } from './session/session.ts'
