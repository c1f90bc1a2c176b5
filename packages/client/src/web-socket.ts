import type { Data } from './message.ts'

/** What its events tell, each of them some of it. */
export interface SocketEvent {
  readonly data: unknown
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
  /** What went wrong, where the WebSocket is none of a browser. */
  readonly error: unknown
}

/** What the client uses of a WebSocket: a browser's, Node's, or that of a package such as `ws`. */
export interface WebSocketLike {
  readonly url: string
  readonly readyState: number
  readonly protocol: string
  readonly extensions: string
  readonly bufferedAmount: number
  binaryType: string
  send(data: Data): void
  close(code?: number, reason?: string): void
  // Each class has events of its own.
  addEventListener(type: string, listener: unknown): void
}

export type WebSocketClass = new (url: string, protocols?: string | string[]) => WebSocketLike
