import { type HandshakeRequest, pathOf, type ReceivedRequest } from '../address/request.ts'
import { type ClientResolver, createClientResolver } from '../address/trusted-proxies.ts'
import type { CloseEvent } from '../connection/close.ts'
import type { Connection } from '../connection/connection.ts'
import type { EndpointState } from '../connection/endpoint-state.ts'
import { ServerConnection } from '../connection/server-connection.ts'
import {
  type Agreement,
  decideHandshake,
  type HandshakePolicy,
  noRoom,
  type Obstacle,
} from '../handshake/handshake.ts'
import { Occupancy } from '../handshake/occupancy.ts'
import { createOriginPolicy } from '../handshake/origin.ts'
import { PendingHandshake } from '../handshake/pending-handshake.ts'
import { Refusal } from '../handshake/refusal.ts'
import type {
  Admission,
  HandshakeOutcome,
  ServableEndpoint,
  SettledOutcome,
} from '../handshake/servable-endpoint.ts'
import { Heartbeat } from '../heartbeat/heartbeat.ts'
import { Cancellation } from '../runtime/cancellation.ts'
import { Events } from '../runtime/events.ts'
import { checkInteger } from '../runtime/option-error.ts'
import { sessionDriver } from '../session/session-driver.ts'
import { type EndpointOptions, MAX_TIME, type ResolvedOptions, resolveOptions } from './options.ts'
import { type CloseReport, Drain } from './shutdown.ts'
import { Counters, type EndpointStats } from './stats.ts'

/** What an endpoint tells those who listen, by event. */
export interface EndpointEvents<Context = unknown> {
  /** A connection opened; its session knows already. */
  open: readonly [connection: Connection<Context>]
  /** A request was refused. Requests for other paths are not. */
  refuse: readonly [refusal: Refusal, request: HandshakeRequest]
  /** A connection ended; its session knows already. */
  close: readonly [connection: Connection<Context>, event: CloseEvent]
  /** The answer to a ping came, after so many milliseconds; see {@link Connection.roundTripTime}. */
  roundTrip: readonly [connection: Connection<Context>, milliseconds: number]
  /** The endpoint was closed while it had so many connections, and sends them away. */
  drainStart: readonly [connections: number]
  /** The last of them has gone. */
  drainEnd: readonly [report: CloseReport]
}

/** Where an error came from. */
export type ErrorSource<Context = unknown> =
  | { readonly connection: Connection<Context> }
  | { readonly request: HandshakeRequest }
  | { readonly event: keyof EndpointEvents }

const DEFAULT_DEADLINE = 5_000

/** How to end the service, in milliseconds. */
export interface CloseOptions {
  /**
   * When the connections that are left are terminated, 0 to 2,147,483,647. A peer that does not
   * answer its close frame is disconnected after `closeTimeout` already. Default: 5,000.
   */
  readonly deadline?: number
  /**
   * Over which time the close frames are sent, evenly, 0 to the deadline, so that the clients do not
   * all come back at the same moment. Default: 0, all at once.
   */
  readonly spread?: number
}

/** A context other than `undefined` comes from nowhere but `authorize`. */
export type ContextNeedsAuthorize<Context> = undefined extends Context
  ? unknown
  : Required<Pick<EndpointOptions<Context>, 'authorize'>>

/** Makes an endpoint, to be bound to any number of servers by an adapter. */
export function createEndpoint<Context = undefined>(
  options: EndpointOptions<Context> & ContextNeedsAuthorize<Context>,
): Endpoint<Context> {
  return new Endpoint(options)
}

/** A WebSocket endpoint: path, policies, limits and a session. */
export class Endpoint<Context = unknown> implements ServableEndpoint {
  /** The options, checked, with the defaults filled in. */
  readonly options: ResolvedOptions<Context>
  readonly #policy: HandshakePolicy
  readonly #resolveClient: ClientResolver
  readonly #state: EndpointState<Context>
  readonly #connections = new Set<ServerConnection<Context>>()
  readonly #pending = new Set<PendingHandshake<Context>>()
  readonly #occupancy: Occupancy
  readonly #events: Events<EndpointEvents<Context>>
  readonly #counters = new Counters()
  #lastId = 0
  #drain: Drain | undefined

  /** @throws OptionError naming the option that is wrong, its value and what is allowed. */
  constructor(options: EndpointOptions<Context>) {
    const resolved = resolveOptions(options)
    const { clock, keepAliveInterval: interval, clientTimeout: timeout } = resolved
    this.options = resolved
    this.#policy = {
      protocols: resolved.protocols,
      compression: resolved.compression,
      checkOrigin: createOriginPolicy(resolved),
    }
    this.#resolveClient = createClientResolver(resolved.trustedProxies)
    this.#occupancy = new Occupancy(resolved.maxConnections, resolved.maxConnectionsPerAddress)
    this.#events = new Events((error, event) => this.#report(error, { event }))
    this.#state = {
      options: resolved,
      clock,
      heartbeat: interval === 0 ? undefined : new Heartbeat(clock, { interval, timeout }),
      counters: this.#counters,
      createDriver: sessionDriver(resolved.session, resolved.receiveBufferSize),
      opened: (connection) => this.#opened(connection),
      ended: (connection, event) => this.#ended(connection, event),
      answered: (connection, roundTripTime) => this.#answered(connection, roundTripTime),
      report: (error, source) => this.#report(error, source),
    }
  }

  /** The connections that have not ended. */
  get connections(): ReadonlySet<Connection<Context>> {
    return this.#connections
  }

  /**
   * What there is to count, at this moment. Nothing that happens later changes the object. Ask for it
   * now and then, not for every message: it looks at what waits to be sent on every connection.
   */
  stats(): EndpointStats {
    let bufferedBytes = 0
    for (const { bufferedAmount } of this.#connections) bufferedBytes += bufferedAmount
    return this.#counters.snapshot({
      connections: { open: this.#connections.size, opened: this.#lastId },
      pendingHandshakes: this.#pending.size,
      bufferedBytes,
      drain: this.#drain?.progress,
    })
  }

  /**
   * Listens to an event of the endpoint.
   *
   * @returns a function that stops the listening.
   */
  on<Name extends keyof EndpointEvents>(
    event: Name,
    listener: (...args: EndpointEvents<Context>[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener)
  }

  /**
   * Ends the service: refuses handshakes with 503, also those about which `authorize` has not decided
   * yet, closes every connection with 1001, and terminates those that are still there at the deadline.
   * Servers and listeners that the endpoint is bound to are the caller's to close. Calling it again
   * returns the same promise.
   *
   * @throws OptionError for a time out of range; the endpoint stays open then.
   */
  close({ deadline = DEFAULT_DEADLINE, spread = 0 }: CloseOptions = {}): Promise<CloseReport> {
    if (this.#drain === undefined) {
      checkInteger('deadline', deadline, 0, MAX_TIME, 'milliseconds')
      checkInteger('spread', spread, 0, deadline, 'milliseconds')
      this.#drain = new Drain(this.#connections, this.options.clock, deadline)
      this.#drain.report.then((report) => this.#events.emit('drainEnd', report))
      this.#events.emit('drainStart', this.#connections.size)
      for (const pending of [...this.#pending]) pending.refuse(noRoom('shutting-down'))
      this.#drain.start(spread)
    }
    return this.#drain.report
  }

  /** For adapters, see {@link ServableEndpoint.isFor}. */
  isFor(url: string): boolean {
    const { path } = this.options
    return path === undefined || path === url || path === pathOf(url)
  }

  /** For adapters, see {@link ServableEndpoint.handshake}. */
  handshake(received: ReceivedRequest): HandshakeOutcome {
    if (!this.isFor(received.url)) return { action: 'pass' }
    const request = this.#resolveClient(received)
    try {
      const decision = decideHandshake(request, this.#policy, this.#obstacle(request))
      if (decision instanceof Refusal) return this.#refuse(decision, request)
      return this.#authorize(request, decision)
    } catch (error) {
      return this.#refuseAfter(error, request)
    }
  }

  #obstacle({ remoteAddress }: HandshakeRequest): Obstacle | undefined {
    if (this.#drain !== undefined) return 'shutting-down'
    const isBusy = this.#pending.size >= this.options.maxPendingHandshakes
    return this.#occupancy.obstacle(remoteAddress) ?? (isBusy ? 'handshake-limit' : undefined)
  }

  #authorize(request: HandshakeRequest, agreed: Agreement): HandshakeOutcome {
    const { authorize } = this.options
    this.#occupancy.enter(request.remoteAddress)
    // Without an authorize function there is nothing that Context could be inferred from but
    // undefined, its default.
    if (authorize === undefined) return this.#admit(request, agreed, undefined as Context)
    const cancellation = new Cancellation()
    try {
      const answer = authorize(request, cancellation)
      if (!isPromise(answer)) return this.#settle(request, agreed, answer)
      return this.#wait(request, agreed, answer, cancellation)
    } catch (error) {
      return this.#giveUp(request, error)
    }
  }

  #wait(
    request: HandshakeRequest,
    agreed: Agreement,
    answer: PromiseLike<Context | Refusal>,
    cancellation: Cancellation,
  ): HandshakeOutcome {
    const pending = new PendingHandshake<Context>(answer, cancellation, {
      over: () => {
        cancelTimeout()
        this.#pending.delete(pending)
      },
      settle: (settled) => this.#settle(request, agreed, settled),
      fail: (error) => this.#giveUp(request, error),
      abandoned: () => this.#occupancy.leave(request.remoteAddress),
      failedLate: (error) => this.#report(error, { request }),
    })
    const cancelTimeout = this.options.clock.schedule(
      () => pending.refuse(new Refusal('timeout', 503, 'The server took too long to decide.')),
      this.options.handshakeTimeout,
    )
    this.#pending.add(pending)
    return pending
  }

  /** The request has its place already; it loses it again unless it is let in. */
  #settle(request: HandshakeRequest, agreed: Agreement, answer: Context | Refusal): SettledOutcome {
    const isRefused = answer instanceof Refusal
    if (!isRefused && this.#drain === undefined) return this.#admit(request, agreed, answer)
    this.#occupancy.leave(request.remoteAddress)
    return this.#refuse(isRefused ? answer : noRoom('shutting-down'), request)
  }

  #giveUp(request: HandshakeRequest, error: unknown): SettledOutcome {
    this.#occupancy.leave(request.remoteAddress)
    return this.#refuseAfter(error, request)
  }

  #admit({ remoteAddress }: HandshakeRequest, agreed: Agreement, context: Context): SettledOutcome {
    const { protocol, extension } = agreed
    const admission: Admission = {
      protocol,
      extension,
      accept: (transport) => {
        const id = ++this.#lastId
        const facts = { id, context, protocol, remoteAddress }
        const connection = new ServerConnection(this.#state, transport, facts)
        this.#connections.add(connection)
        return connection
      },
      abandon: () => this.#occupancy.leave(remoteAddress),
    }
    return { action: 'accept', admission }
  }

  #refuse(refusal: Refusal, request: HandshakeRequest): SettledOutcome {
    this.#counters.refusals[refusal.reason]++
    this.#events.emit('refuse', refusal, request)
    return { action: 'refuse', refusal }
  }

  #refuseAfter(error: unknown, request: HandshakeRequest): SettledOutcome {
    this.#report(error, { request })
    return this.#refuse(new Refusal('error', 500, 'The server failed to decide.'), request)
  }

  #opened(connection: ServerConnection<Context>): void {
    this.#events.emit('open', connection)
    // Its request was let in before the closing began.
    if (this.#drain !== undefined) connection.fail('shutdown', '')
  }

  #ended(connection: ServerConnection<Context>, event: CloseEvent): void {
    this.#connections.delete(connection)
    this.#counters.ends[event.cause]++
    this.#occupancy.leave(connection.remoteAddress)
    this.#events.emit('close', connection, event)
    this.#drain?.ended(connection, event)
  }

  #answered(connection: ServerConnection<Context>, roundTripTime: number): void {
    this.#counters.roundTrips.add(roundTripTime)
    this.#events.emit('roundTrip', connection, roundTripTime)
  }

  #report(error: unknown, source: ErrorSource<Context>): void {
    try {
      // It may be an async function. Nobody is left to be told of its own errors, and the connection
      // that it is about must still end in order.
      Promise.resolve(this.options.onError(error, source)).catch(() => {})
    } catch {
      // The same.
    }
  }
}

function isPromise<Value>(value: Value | PromiseLike<Value>): value is PromiseLike<Value> {
  return typeof value === 'object' && value !== null && 'then' in value
}
