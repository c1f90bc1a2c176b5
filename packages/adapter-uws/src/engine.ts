import type { TemplatedApp } from 'uWebSockets.js'
import type { Bytes, CorkedSocket, CorkedTransport } from '@wirebeat/core/adapter'

/**
 * An app of uWebSockets.js: the members that the adapter uses. Declared here, so that it fits every package
 * that the engine is installed from.
 */
export interface UwsApp {
  ws(pattern: string, behavior: UwsBehavior): unknown
  get(pattern: string, handler: UwsHandler): unknown
  any(pattern: string, handler: UwsHandler): unknown
}

/** An app that can listen. */
export interface ListeningApp extends UwsApp {
  listen(host: string, port: number, options: number, callback: (socket: unknown) => void): unknown
  /** Ends all that the app has. Old releases lack it. */
  close?(): unknown
}

/**
 * An app with all that the engine's own types know of it, from whichever package it was installed. Where
 * they are missing, what the adapter uses.
 */
export type EngineApp = (0 extends 1 & TemplatedApp ? ListeningApp : TemplatedApp) &
  Pick<ListeningApp, 'listen'>

/** The module of the engine. */
export interface Engine {
  App(): EngineApp
  SSLApp(options: { cert_file_name: string; key_file_name: string }): EngineApp
  us_socket_local_port(listenSocket: unknown): number
  us_listen_socket_close(listenSocket: unknown): void
}

/** A handler of a plain request. */
export type UwsHandler = (response: UwsResponse, request: UwsRequest) => void

export interface UwsBehavior {
  readonly maxPayloadLength: number
  readonly maxBackpressure: number
  readonly idleTimeout: number
  readonly sendPingsAutomatically: boolean
  readonly compression: number
  upgrade(response: UwsResponse, request: UwsRequest, context: unknown): void
  open(socket: UwsSocket): void
  message(socket: UwsSocket, data: ArrayBuffer, isBinary: boolean): void
  ping(socket: UwsSocket): void
  pong(socket: UwsSocket): void
  drain(socket: UwsSocket): void
  close(socket: UwsSocket, code: number, message: ArrayBuffer): void
}

/**
 * The key of the transport in a socket. The engine passes the same object to every callback, and this is faster than
 * the user data, which needs a native call.
 */
export const TRANSPORT: unique symbol = Symbol('transport')

export interface UwsSocket extends CorkedSocket {
  [TRANSPORT]?: CorkedTransport<UwsSocket>
  send(message: string | Uint8Array | ArrayBuffer, isBinary: boolean, compress: boolean): number
  end(code: number, reason: string): void
  close(): void
}

/** A request. Invalid after the callback that gets it. */
export interface UwsRequest {
  getCaseSensitiveMethod(): string
  getUrl(): string
  getQuery(): string | undefined
  forEach(callback: (name: string, value: string) => void): void
  setYield(yields: boolean): unknown
}

/** A response. Invalid after it was answered or aborted. */
export interface UwsResponse {
  onAborted(callback: () => void): unknown
  cork(callback: () => void): unknown
  getRemoteAddressAsText(): ArrayBuffer
  /** Told by the PROXY protocol; empty where it is not. */
  getProxiedRemoteAddressAsText(): ArrayBuffer
  /** In PEM format; empty without one. Of apps with TLS, and old releases lack it. */
  getX509Certificate?(): string
  writeStatus(status: string): unknown
  writeHeader(name: string, value: string): unknown
  end(body?: string | Bytes, closeConnection?: boolean): unknown
  endWithoutBody(): unknown
  /**
   * Ends the answer with a body, of which it takes as much as the network does. Then the rest is to be given in
   * `onWritable`, with the length of the whole.
   *
   * @returns whether the network has taken all, and whether the answer is complete
   */
  tryEnd(rest: Bytes, length: number): [isTaken: boolean, isComplete: boolean]
  /** How many bytes of the body the engine has taken. */
  getWriteOffset(): number
  /** Ends the head. Of new releases only. */
  beginWrite?(): unknown
  /** Returns whether nothing waits behind it. */
  write(chunk: string | Bytes): boolean
  onWritable(callback: () => boolean): unknown
  /** The chunk is valid within the callback. */
  onData(callback: (chunk: ArrayBuffer, isLast: boolean) => void): unknown
  /** Stops and goes on reading the body. */
  pause(): unknown
  resume(): unknown
  close(): unknown
  upgrade(
    userData: object,
    key: string,
    protocol: string,
    extensions: string,
    context: unknown,
  ): void
}
