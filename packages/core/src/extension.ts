// For packages that stand on core beside adapters, such as topics. Applications do not need it.

export { clientNetwork } from './address/address.ts'
export { closeAs } from './connection/close-as.ts'
export type { MessageType } from './connection/message.ts'
export {
  type ConnectionObserver,
  checkConnection,
  countMessage,
  isConnection,
  observe,
} from './connection/observer.ts'
export { isPrepared, type Prepared } from './connection/prepared.ts'
export {
  type Reconnectable,
  reconnectableOf,
  type SentLog,
  setReconnectable,
  type TextCounter,
} from './connection/reconnectable.ts'
export type {
  ReconnectingListener,
  SendResult,
  Transport,
  TransportCloseCause,
  TransportKind,
  TransportListener,
} from './connection/transport.ts'
export { MAX_TOGETHER, TurnBudget, type TurnTaker } from './connection/turn-budget.ts'
export { checkClock } from './endpoint/options.ts'
export { isRefusal, transportRefusal } from './handshake/refusal.ts'
export type { Body, BodyLimit } from './http/body.ts'
export type { Claim } from './http/claim.ts'
export type { HttpStream } from './http/exchange.ts'
export type {
  HttpCall,
  HttpExtension,
  HttpHost,
  HttpService,
  Place,
} from './http/extension.ts'
export { type Bytes, bytesOf, decodeText, encodeText, localBytes } from './runtime/bytes.ts'
export { Cancellation, type CancellationSignal } from './runtime/cancellation.ts'
export { MAX_TIMER, systemClock } from './runtime/clock.ts'
export { Deferred } from './runtime/deferred.ts'
export { Events } from './runtime/events.ts'
export {
  checkFlag,
  checkFunction,
  checkInteger,
  checkNames,
  checkObject,
  checkOneOf,
  wrongValue,
} from './runtime/option-error.ts'
export { report } from './runtime/report.ts'
export { show } from './runtime/show.ts'
export { isThenable, watchRejection } from './runtime/thenable.ts'
export { withinLimit } from './runtime/time-limit.ts'
