import type { TransportListener } from '@wirebeat/core/adapter'

/**
 * The part of uWebSockets.js that the adapter uses, described here so that it fits whichever package
 * the engine was installed from.
 */
export interface UwsApp {
  ws<UserData>(pattern: string, behavior: UwsBehavior<UserData>): unknown
  get(pattern: string, handler: UwsHandler): unknown
  any(pattern: string, handler: UwsHandler): unknown
}

/** An app that can also be made to listen. */
export interface ListeningApp extends UwsApp {
  listen(host: string, port: number, options: number, callback: (socket: unknown) => void): unknown
}

/** The module of the engine. */
export interface Engine {
  App(): ListeningApp
  SSLApp(options: { cert_file_name: string; key_file_name: string }): ListeningApp
  us_socket_local_port(listenSocket: unknown): number
  us_listen_socket_close(listenSocket: unknown): void
}

export type UwsHandler = (response: UwsResponse, request: UwsRequest) => void

export interface UwsBehavior<UserData> {
  readonly maxPayloadLength: number
  readonly maxBackpressure: number
  readonly idleTimeout: number
  readonly sendPingsAutomatically: boolean
  readonly compression: number
  upgrade(response: UwsResponse, request: UwsRequest, context: unknown): void
  open(socket: UwsSocket<UserData>): void
  message(socket: UwsSocket<UserData>, data: ArrayBuffer, isBinary: boolean): void
  ping(socket: UwsSocket<UserData>): void
  pong(socket: UwsSocket<UserData>): void
  drain(socket: UwsSocket<UserData>): void
  close(socket: UwsSocket<UserData>, code: number, message: ArrayBuffer): void
}

/**
 * Where the adapter hangs its listener on a socket: the engine hands over the same object in every callback,
 * and to ask it for the user data is a native call.
 */
export const LISTENER: unique symbol = Symbol('listener')

export interface UwsSocket<UserData> {
  [LISTENER]?: TransportListener
  getUserData(): UserData
  getBufferedAmount(): number
  send(message: string | Uint8Array | ArrayBuffer, isBinary: boolean, compress: boolean): number
  ping(message?: string): number
  cork(callback: () => void): unknown
  end(code: number, reason: string): void
  close(): void
}

/** Dead once the callback that it was handed to returns. */
export interface UwsRequest {
  getCaseSensitiveMethod(): string
  getUrl(): string
  getQuery(): string | undefined
  forEach(callback: (name: string, value: string) => void): void
  setYield(yields: boolean): unknown
}

/** Dead once it was answered or aborted. */
export interface UwsResponse {
  onAborted(callback: () => void): unknown
  cork(callback: () => void): unknown
  getRemoteAddressAsText(): ArrayBuffer
  writeStatus(status: string): unknown
  writeHeader(name: string, value: string): unknown
  end(body?: string, closeConnection?: boolean): unknown
  upgrade<UserData>(
    userData: UserData,
    key: string,
    protocol: string,
    extensions: string,
    context: unknown,
  ): void
}
