export type { Clock } from './clock.ts'
export type {
  CloseEventLike,
  EventLike,
  ExpiredEvent,
  MessageEventLike,
  SocketEvents,
  UncertainEvent,
} from './events.ts'
export type { BlobLike, Data } from './message.ts'
export type { AbortSignalLike, ReconnectingWebSocketOptions, SendOptions } from './options.ts'
export { ReconnectingWebSocket } from './reconnecting-web-socket.ts'
export { shouldReconnect } from './retry-policy.ts'
export type { ProtocolsSource, Url, UrlSource } from './source.ts'
export type { Health, Loss, LossCause, Phase, Status } from './status.ts'
export type { WebSocketClass, WebSocketLike } from './web-socket.ts'
