import assert from 'node:assert/strict'
import type { CloseEvent, Endpoint, EndpointOptions } from '@wirebeat/core'
import { createEndpoint } from '@wirebeat/core'
import type { Capability } from '@wirebeat/core/adapter'
import type { HttpResponse } from './http.ts'
import type { RawClient, RawClientOptions } from './raw-client.ts'
import { Recording, type RecordingHandlers } from './recording.ts'
import type { Target, TargetServer } from './target.ts'
import type {
  RequestOptions,
  WebSocketClient,
  WebSocketClientOptions,
} from './web-socket-client.ts'

/** How a case wants its server: options of the endpoint, and what its session does. */
export interface ServerOptions extends Partial<Omit<EndpointOptions<unknown>, 'path'>> {
  /** The path of the endpoint, `null` for one without. Default: `/ws`. */
  readonly path?: string | null
  /** Handlers of the recording session. Default: it echoes. Not to be given with `session`. */
  readonly handlers?: RecordingHandlers
  /** Whether server and clients speak TLS. Default: `false`. Needs the capability `tls`. */
  readonly tls?: boolean
}

/** What a case works with. It ends all that was started, and holds what every connection owes. */
export class Harness {
  readonly #target: Target
  readonly #servers: Server[] = []

  constructor(target: Target) {
    this.#target = target
  }

  /** Whether the engine can do this. */
  can(capability: Capability): boolean {
    return this.#target.missing[capability] === undefined
  }

  /** Starts a server with an endpoint, and a session that echoes and records. */
  async start(options: ServerOptions = {}): Promise<Server> {
    const { handlers, path = '/ws', tls = false, ...endpointOptions } = options
    const recording = new Recording(handlers)
    const endpoint = createEndpoint({
      // All that counts without pings.
      ...(!this.can('ping') && { aliveOn: 'message' }),
      ...(path !== null && { path }),
      session: recording.session,
      onError: (error: unknown) => recording.errors.push(error),
      ...endpointOptions,
    })
    recording.watch(endpoint)
    const server = new Server(endpoint, recording, await this.#target.serve(endpoint, { tls }))
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
  readonly #server: TargetServer

  constructor(endpoint: Endpoint, told: Recording, server: TargetServer) {
    this.endpoint = endpoint
    this.told = told
    this.#server = server
  }

  /** Connects a client that sends nothing by itself. */
  connect(options?: RawClientOptions): Promise<RawClient> {
    return this.#server.connect(options)
  }

  /** Opens a WebSocket at `/ws`. */
  open(options?: RequestOptions & WebSocketClientOptions): Promise<WebSocketClient> {
    return this.#server.open(options)
  }

  /** Sends a request on a socket of its own and returns the response. */
  request(options?: RequestOptions): Promise<HttpResponse> {
    return this.#server.request(options)
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
    this.#server.reset()
    try {
      await this.told.settled()
      assert.equal(this.endpoint.connections.size, 0, 'connections that the endpoint still holds')
      this.told.verify()
      this.#verifyCounts()
    } finally {
      await this.endpoint.close({ deadline: 0 })
      await this.#server.close()
    }
  }
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
