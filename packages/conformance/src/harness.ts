import assert from 'node:assert/strict'
import type { CloseEvent, Endpoint, EndpointOptions } from '@wirebeat/core'
import { createEndpoint } from '@wirebeat/core'
import type {
  Capability,
  Listening,
  MissingCapabilities,
  ServableEndpoint,
} from '@wirebeat/core/adapter'
import type { HttpResponse } from './http.ts'
import { connect, type RawClient, type RawClientOptions } from './raw-client.ts'
import { Recording, type RecordingHandlers } from './recording.ts'
import {
  handshake,
  type RequestOptions,
  request,
  TcpWebSocketClient,
  type WebSocketClient,
  type WebSocketClientOptions,
} from './web-socket-client.ts'

/** An adapter, as its author hands it to the kit. */
export interface AdapterUnderTest {
  readonly name: string
  /** What its engine cannot do, by capability, each with the reason. */
  readonly missing: MissingCapabilities
  /** Serves the endpoint on 127.0.0.1, on a port that the system picks. */
  listen(endpoint: ServableEndpoint): Promise<Listening>
}

/** What the battery is run on: an adapter with its sockets, or the kit's own transport in memory. */
export interface Ground {
  readonly name: string
  readonly missing: MissingCapabilities
  /** Serves the endpoint. */
  serve(endpoint: ServableEndpoint): Promise<Line>
}

/** The way to one server. */
export interface Line {
  /** Connects a client that sends nothing by itself. */
  connect(options?: RawClientOptions): Promise<RawClient>
  /** Opens a WebSocket at `/ws`. */
  open(options?: RequestOptions & WebSocketClientOptions): Promise<WebSocketClient>
  /** Sends a request on a socket of its own and returns the response. */
  request(options?: RequestOptions): Promise<HttpResponse>
  /** Ends every client that is left, and stops serving. */
  reset(): void
  close(): Promise<void>
}

/** Clients over TCP. */
class TcpLine implements Line {
  readonly #listening: Listening
  readonly #clients: RawClient[] = []

  constructor(listening: Listening) {
    this.#listening = listening
  }

  async connect(options?: RawClientOptions): Promise<RawClient> {
    const client = await connect(this.#listening.port, options)
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
    return this.#listening.close()
  }
}

/** The ground of an adapter. */
export function groundOf({ name, missing, listen }: AdapterUnderTest): Ground {
  return { name, missing, serve: async (endpoint) => new TcpLine(await listen(endpoint)) }
}

/** How a case wants its server: options of the endpoint, and what its session does. */
export interface ServerOptions extends Partial<EndpointOptions<unknown>> {
  /** Handlers of the recording session. Default: it echoes. Not to be given with `session`. */
  readonly handlers?: RecordingHandlers
}

/** What a case works with. It ends all that was started, and holds what every connection owes. */
export class Harness {
  readonly #ground: Ground
  readonly #servers: Server[] = []

  constructor(ground: Ground) {
    this.#ground = ground
  }

  /** Whether the engine can do this. */
  can(capability: Capability): boolean {
    return this.#ground.missing[capability] === undefined
  }

  /** Starts a server with an endpoint at `/ws`, and a session that echoes and records. */
  async start(options: ServerOptions = {}): Promise<Server> {
    const { handlers, ...endpointOptions } = options
    const recording = new Recording(handlers)
    const endpoint = createEndpoint({
      path: '/ws',
      session: recording.session,
      onError: (error: unknown) => recording.errors.push(error),
      ...endpointOptions,
    })
    recording.watch(endpoint)
    const server = new Server(endpoint, recording, await this.#ground.serve(endpoint))
    this.#servers.push(server)
    return server
  }

  /** Ends everything; then every connection must have been told of once as open and once as ended. */
  async finish(): Promise<void> {
    const ends = await Promise.allSettled(this.#servers.map((server) => server.finish()))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }
}

/** One endpoint on one server, with what it tells and the clients that a case opened. */
export class Server {
  readonly endpoint: Endpoint
  readonly told: Recording
  readonly #line: Line

  constructor(endpoint: Endpoint, told: Recording, line: Line) {
    this.endpoint = endpoint
    this.told = told
    this.#line = line
  }

  /** Connects a client that sends nothing by itself. */
  connect(options?: RawClientOptions): Promise<RawClient> {
    return this.#line.connect(options)
  }

  /** Opens a WebSocket at `/ws`. */
  open(options?: RequestOptions & WebSocketClientOptions): Promise<WebSocketClient> {
    return this.#line.open(options)
  }

  /** Sends a request on a socket of its own and returns the response. */
  request(options?: RequestOptions): Promise<HttpResponse> {
    return this.#line.request(options)
  }

  /** The refusals that there were, by reason. */
  get refusals(): Readonly<Record<string, number>> {
    const counts = Object.entries(this.endpoint.stats().refusals)
    return Object.fromEntries(counts.filter(([, count]) => count > 0))
  }

  /** Waits for the end of the next connection and compares what is given of it. */
  async expectClose(expected: Partial<CloseEvent>, bound?: number): Promise<void> {
    const { event } = await this.told.closed.next(bound)
    assert.deepEqual({ ...event, ...expected }, { ...event })
  }

  /** Shows that the connection is alive: the next message that the client gets is this one. */
  async expectEcho(client: WebSocketClient, text: string): Promise<void> {
    client.text(text)
    assert.equal(await client.message(), text)
  }

  /** What was counted is what was told, whatever a case was about. */
  #verifyCounts(): void {
    const { connections, ends, refusals } = this.endpoint.stats()
    assert.deepEqual(connections, { open: 0, opened: this.told.opened.all.length })
    assert.equal(total(ends), this.told.closed.all.length, 'ends that were counted')
    assert.equal(total(refusals), this.told.refused.all.length, 'refusals that were counted')
  }

  async finish(): Promise<void> {
    this.#line.reset()
    try {
      await this.told.settled()
      assert.equal(this.endpoint.connections.size, 0, 'connections that the endpoint still holds')
      this.told.verify()
      this.#verifyCounts()
    } finally {
      await this.endpoint.close({ deadline: 0 })
      await this.#line.close()
    }
  }
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
