import type { CorkedSocket, CorkedTransport, WebRequest, WebResponse } from '@wirebeat/core/adapter'

// The parts of Bun that the adapter uses. Declared here, so that they fit every release of Bun's types.

/** What `fetch` and the handlers of routes return. */
export type BunAnswer = WebResponse | undefined | Promise<WebResponse | undefined>

/** Options of `Bun.serve`, as an application writes them. */
export interface BunOptions {
  /** Handles the requests that no endpoint takes. Default: they are answered with 404. */
  fetch?: unknown
  routes?: unknown
  /** That of `attach` alone: a server of Bun has one set of handlers for all its WebSockets. */
  websocket?: BunWebSocketHandlers
  port?: unknown
  hostname?: unknown
  unix?: unknown
  tls?: unknown
  development?: unknown
  reusePort?: unknown
}

/** What `attach` puts into the options. */
export interface BunHandlers {
  fetch(request: WebRequest, server: BunServer): BunAnswer
  readonly websocket: BunWebSocketHandlers
}

/** A server of `Bun.serve`. */
export interface BunServer {
  readonly port?: number | undefined
  upgrade(
    request: WebRequest,
    options: { data: CorkedTransport<BunSocket>; headers: [name: string, value: string][] },
  ): boolean
  requestIP(request: WebRequest): { readonly address: string } | null
  timeout(request: WebRequest, seconds: number): void
  stop(closeActiveConnections?: boolean): unknown
}

export interface BunWebSocketHandlers {
  maxPayloadLength: number
  perMessageDeflate: boolean
  readonly backpressureLimit: number
  readonly idleTimeout: number
  readonly sendPings: boolean
  open(socket: BunSocket): void
  message(socket: BunSocket, data: string | Uint8Array): void
  ping(socket: BunSocket): void
  pong(socket: BunSocket): void
  drain(socket: BunSocket): void
  close(socket: BunSocket, code: number, reason: string): void
}

export interface BunSocket extends CorkedSocket {
  readonly data: CorkedTransport<BunSocket>
  /** `undefined` for a Unix socket, and when the engine has lost the socket. */
  readonly remoteAddress: string | undefined
  sendText(message: string, compress: boolean): number
  sendBinary(message: Uint8Array | ArrayBuffer, compress: boolean): number
  close(code: number, reason: string): void
  terminate(): void
  pause(): void
  resume(): void
}

/** The global `Bun`. */
export interface Engine {
  readonly version: string
  serve(options: BunOptions): BunServer
}

/**
 * The oldest Bun that can do what is needed. Bun 1.3 cannot pause a WebSocket, reads the body of a handshake as frames,
 * and answers with a subprotocol that nobody has chosen.
 */
const OLDEST = '1.4'

/**
 * The runtime.
 *
 * @throws Error when it is not Bun, or too old.
 */
export function loadEngine(): Engine {
  const { Bun } = globalThis as { readonly Bun?: Engine }
  if (Bun === undefined) {
    const advice = 'Start the program with Bun (https://bun.com), or use @wirebeat/adapter-ws.'
    throw new Error(`@wirebeat/adapter-bun runs on Bun only. ${advice}`)
  }
  if (Bun.version.localeCompare(OLDEST, 'en', { numeric: true }) < 0) {
    const problem = `@wirebeat/adapter-bun needs Bun ${OLDEST} or newer, and this is ${Bun.version}.`
    throw new Error(`${problem} Update it with: bun upgrade`)
  }
  return Bun
}
