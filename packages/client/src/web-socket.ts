import type { Data } from './message.ts'

/** The members of all its events. Each event has some of them. */
export interface SocketEvent {
  readonly data: unknown
  /** 1006 where there was no close frame; 0 in Deno. */
  readonly code: number | undefined
  readonly reason: string
  readonly wasClean: boolean
  /** The error, except in browsers. */
  readonly error: unknown
  /** The message of the error, except in browsers. */
  readonly message: string | undefined
}

/** The members of a WebSocket that the client uses: of a browser, of Node, or of a package such as `ws`. */
export interface WebSocketLike {
  readonly url: string
  readonly readyState: number
  readonly protocol: string
  readonly extensions: string
  readonly bufferedAmount: number
  binaryType: string
  send(data: Data): void
  close(code?: number, reason?: string): void
  /** Ends the connection without a closing handshake. Some classes have it. */
  terminate?(): void
  // Each class has its own types of events.
  addEventListener(type: string, listener: unknown): void
}

/** The class of a WebSocket. */
export type WebSocketClass = new (url: string, protocols?: string | string[]) => WebSocketLike
