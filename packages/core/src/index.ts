export type { Clock } from './clock.ts'
export { type CloseCause, CloseCode, type CloseEvent } from './close.ts'
export type { Connection } from './connection.ts'
export type { CloseReport, DrainProgress } from './drain.ts'
export { echo, echoLoop } from './echo.ts'
export {
  type CloseOptions,
  createEndpoint,
  type Endpoint,
  type EndpointEvents,
  type ErrorSource,
} from './endpoint.ts'
export type { ForwardedHeader } from './forwarded.ts'
export { ConnectionClosedError, type LoopConnection, type LoopSession, loop } from './loop.ts'
export { type Bytes, bytesOf, type Message } from './message.ts'
export { OptionError } from './option-error.ts'
export type { Authorize, AuthorizeOptions, EndpointOptions } from './options.ts'
export type { AllowedOrigin, AllowedOrigins, OriginFunction } from './origin.ts'
export type { MessageRate } from './rate-limit.ts'
export { type Refusal, type RefusalReason, type RefuseOptions, refuse } from './refusal.ts'
export type { HandshakeRequest, ReceivedRequest, RequestHeaders } from './request.ts'
export type { RoundTripBucket, RoundTripStats } from './round-trips.ts'
export type { BorrowingSession, HandlerSession, Session } from './session.ts'
export type { EndpointStats, MessageStats } from './stats.ts'
export type { MessageType, SendResult } from './transport.ts'
export type { TrustedProxies } from './trusted-proxies.ts'
