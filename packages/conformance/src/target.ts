import type { Endpoint } from '@wirebeat/core'
import type { Adapter, Listening, MissingCapabilities, TlsFiles } from '@wirebeat/core/adapter'
import { makeCertificate } from './certificate.ts'
import type { HttpResponse } from './http.ts'
import { connect, type RawClient, type RawClientOptions } from './raw-client.ts'
import {
  handshake,
  type RequestOptions,
  request,
  TcpWebSocketClient,
  type WebSocketClient,
  type WebSocketClientOptions,
} from './web-socket-client.ts'

/** What the kit needs of an adapter: what its package exports as `adapter` has all of it. */
export interface AdapterUnderTest extends Pick<Adapter, 'engine' | 'missing'> {
  /** Serves the endpoint; port 0 is one that the system picks. */
  listen(
    endpoint: Endpoint,
    options: { readonly host: string; readonly port: number; readonly tls?: TlsFiles },
  ): Promise<Listening>
}

/** What the battery is run on: an adapter with its sockets, or the kit's own transport in memory. */
export interface Target {
  readonly name: string
  readonly missing: MissingCapabilities
  /** Serves the endpoint, over TLS where that is asked for. */
  serve(endpoint: Endpoint, options?: ServeOptions): Promise<TargetServer>
}

export interface ServeOptions {
  /** Whether the server speaks TLS. Default: `false`. */
  readonly tls?: boolean
}

/** A server of a target, and the clients that a case opens to it. */
export interface TargetServer {
  /** Connects a client that sends nothing by itself. */
  connect(options?: RawClientOptions): Promise<RawClient>
  /** Opens a WebSocket at `/ws`. */
  open(options?: RequestOptions & WebSocketClientOptions): Promise<WebSocketClient>
  /** Sends a request on a socket of its own and returns the response. */
  request(options?: RequestOptions): Promise<HttpResponse>
  /** Resets every client that is left. */
  reset(): void
  /** Stops serving. */
  close(): Promise<void>
}

/** Clients on sockets. */
export class SocketServer implements TargetServer {
  readonly #connect: (options?: RawClientOptions) => Promise<RawClient>
  readonly #close: () => Promise<void>
  readonly #clients: RawClient[] = []

  constructor(
    connect: (options?: RawClientOptions) => Promise<RawClient>,
    close: () => Promise<void>,
  ) {
    this.#connect = connect
    this.#close = close
  }

  async connect(options?: RawClientOptions): Promise<RawClient> {
    const client = await this.#connect(options)
    this.#clients.push(client)
    return client
  }

  async open(options: RequestOptions & WebSocketClientOptions = {}): Promise<WebSocketClient> {
    const client = await this.connect(options)
    return new TcpWebSocketClient(client, await handshake(client, options), options)
  }

  async request(options?: RequestOptions): Promise<HttpResponse> {
    return request(await this.connect(options), options)
  }

  reset(): void {
    for (const client of this.#clients) client.reset()
  }

  close(): Promise<void> {
    return this.#close()
  }
}

let made: Promise<TlsFiles> | undefined

/** One for all cases, because it takes a while to make. */
export function certificate(): Promise<TlsFiles> {
  made ??= makeCertificate()
  return made
}

/** The target that an adapter is. */
export function targetOf({ engine, missing, listen }: AdapterUnderTest): Target {
  return {
    name: engine,
    missing,
    async serve(endpoint, { tls = false } = {}) {
      const files = tls ? { tls: await certificate() } : {}
      const listening = await listen(endpoint, { host: '127.0.0.1', port: 0, ...files })
      const { port } = listening
      return new SocketServer(
        (options) => connect(port, { ...options, tls }),
        () => listening.close(),
      )
    },
  }
}
