import type { HandshakeRequest } from '../address/request.ts'
import type { CloseEvent } from '../connection/close.ts'
import type { Connection } from '../connection/connection.ts'
import type { ConnectionEnvironment } from '../connection/connection-environment.ts'
import { type ConnectionHandle, internalsOf } from '../connection/connection-handle.ts'
import { ServerConnection } from '../connection/server-connection.ts'
import { Traffic } from '../connection/traffic.ts'
import type { ReconnectingListener, Transport, TransportListener } from '../connection/transport.ts'
import { TurnBudget } from '../connection/turn-budget.ts'
import {
  AdmissionControl,
  type AdmissionListener,
  type Admitted,
} from '../handshake/admission-control.ts'
import { Lingering } from '../handshake/lingering.ts'
import type { Refusal } from '../handshake/refusal.ts'
import { Heartbeat } from '../heartbeat/heartbeat.ts'
import type { Claim } from '../http/claim.ts'
import { Events } from '../runtime/events.ts'
import { report } from '../runtime/report.ts'
import { driverFactory } from '../session/driver-factory.ts'
import { Closing } from './closing.ts'
import { EndpointCounters } from './counters.ts'
import { type EndpointEvents, type ErrorSource, EVENTS } from './endpoint-events.ts'
import { HandshakeExecutor } from './handshake-executor.ts'
import { type EndpointOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { type Connect, PlainRequests } from './plain-requests.ts'
import { SERVED } from './served-endpoint.ts'
import {
  checkShutdownOptions,
  Shutdown,
  type ShutdownOptions,
  type ShutdownReport,
} from './shutdown.ts'
import type { EndpointStats } from './stats.ts'

/** The implementation of an endpoint. */
export class RunningEndpoint<Context> {
  readonly options: ResolvedOptions<Context>
  readonly #admission: AdmissionControl<Context>
  readonly #lingering: Lingering
  readonly #environment: ConnectionEnvironment<Context>
  readonly #connections = new Set<ConnectionHandle<Context>>()
  /** Connections that have ended, and that the engine cannot end. They keep their places. */
  readonly #ended = new Set<ConnectionHandle<Context>>()
  readonly #events: Events<EndpointEvents<Context>>
  readonly #traffic = new Traffic()
  readonly #counters = new EndpointCounters()
  readonly #closing: Closing
  readonly #plain: PlainRequests<Context> | undefined
  #shutdown: Shutdown | undefined

  constructor(options: EndpointOptions<Context>) {
    const resolved = resolveOptions(options)
    const { clock, keepAliveInterval: interval, clientTimeout: timeout } = resolved
    this.options = resolved
    this.#events = new Events(EVENTS, (error, event) => this.#report(error, { event }))
    const listener: AdmissionListener = {
      refused: (refusal, request) => this.#refused(refusal, request),
      failed: (error, request) => this.#report(error, { request }),
    }
    this.#admission = new AdmissionControl(resolved, listener)
    this.#lingering = new Lingering(clock, resolved.closeTimeout, resolved.maxConnections)
    this.#closing = new Closing(clock)
    this.#environment = {
      options: resolved,
      clock,
      heartbeat: interval === 0 ? undefined : new Heartbeat(clock, { interval, timeout }),
      traffic: this.#traffic,
      turnBudget: new TurnBudget(clock),
      createDriver: driverFactory(resolved.session, resolved.receiveBufferSize),
      opened: (connection) => this.#hasOpened(connection),
      ended: (connection, event) => this.#hasEnded(connection, event),
      lingers: (connection) => this.#ended.add(connection),
      hungUp: (connection) => this.#hasHungUp(connection),
      answered: (connection, roundTripTime) => this.#answered(connection, roundTripTime),
      failed: (error, connection) => this.#report(error, { connection }),
    }
    const { httpTransports, path } = resolved
    const connect: Connect<Context> = (admitted, transport) => this.#connect(admitted, transport)
    if (httpTransports !== undefined && path !== undefined) {
      this.#plain = new PlainRequests(
        httpTransports,
        path,
        resolved,
        this.#admission,
        listener,
        connect,
      )
    }
    const served = new HandshakeExecutor(
      {
        ...resolved,
        answersPlain: httpTransports !== undefined,
        compression: resolved.compression !== false,
        proxyProtocol: resolved.trustedProxies?.headers.includes('proxy-protocol') ?? false,
      },
      this.#closing,
      this.#admission,
      this.#lingering,
      connect,
      this.#plain,
    )
    // For adapters, which may use another copy of this package.
    Object.defineProperty(this, SERVED, { value: served })
  }

  get connections(): ReadonlySet<Connection<Context>> {
    return this.#connections
  }

  stats(): EndpointStats {
    let bufferedBytes = 0
    for (const { bufferedAmount } of this.#connections) bufferedBytes += bufferedAmount
    const traffic = this.#traffic
    return {
      connections: { open: this.#connections.size, opened: this.#counters.opened },
      ends: { ...this.#counters.ends },
      refusals: { ...this.#counters.refusals },
      pendingHandshakes: this.#admission.pending,
      lingering: this.#lingering.count + this.#ended.size,
      received: { messages: traffic.receivedMessages, bytes: traffic.receivedBytes },
      sent: { messages: traffic.sentMessages, bytes: traffic.sentBytes },
      bufferedBytes,
      pings: {
        sent: traffic.sentPings,
        answered: traffic.roundTrips.count,
        roundTripTime: traffic.roundTrips.snapshot(),
      },
      shutdown: this.#shutdown?.progress,
    }
  }

  on<Name extends keyof EndpointEvents>(
    event: Name,
    listener: (...args: EndpointEvents<Context>[Name]) => void,
  ): () => void {
    return this.#events.on(event, listener)
  }

  close(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    if (this.#shutdown === undefined) {
      const { clock, closeTimeout } = this.options
      const shutdown = checkShutdownOptions(options)
      this.#admission.stop()
      this.#closing.begin(shutdown.deadline)
      this.#shutdown = new Shutdown(
        [...this.#connections].map((handle) => internalsOf(handle)),
        clock,
        shutdown.deadline,
      )
      this.#shutdown.report.then((report) => this.#events.emit('shutdownEnd', report))
      this.#events.emit('shutdownStart', this.#connections.size)
      this.#admission.refusePending()
      this.#plain?.close()
      this.#shutdown.start(shutdown, closeTimeout)
    }
    return this.#shutdown.report
  }

  #connect(admitted: Admitted<Context>, transport: Transport): TransportListener {
    // All claims are the extension's.
    const claim = admitted.claim as Claim | undefined
    if (claim === undefined) return this.#open(admitted, transport)
    const open = (carrier: Transport): ReconnectingListener => {
      const connection = this.#open(admitted, carrier)
      connection.observe({ drained() {}, ended: () => claim.ended() })
      claim.opened(connection.handle)
      return connection
    }
    return claim.carry === undefined ? open(transport) : claim.carry(transport, open)
  }

  #open(admitted: Admitted<Context>, transport: Transport): ServerConnection<Context> {
    this.#counters.opened++
    const connection = new ServerConnection(this.#environment, transport, admitted)
    this.#connections.add(connection.handle)
    return connection
  }

  #hasOpened(connection: ConnectionHandle<Context>): void {
    this.#events.emit('open', connection)
    // Its request was admitted before the shutdown began. The session or a listener may have ended it already.
    if (this.#connections.has(connection)) this.#shutdown?.opened(internalsOf(connection))
  }

  #hasEnded(connection: ConnectionHandle<Context>, event: CloseEvent): void {
    this.#connections.delete(connection)
    this.#counters.ends[event.cause]++
    if (!this.#ended.has(connection)) this.#admission.release(connection.remoteAddress)
    this.#events.emit('close', connection, event)
    this.#shutdown?.ended(internalsOf(connection), event)
  }

  #hasHungUp(connection: ConnectionHandle<Context>): void {
    // One whose end is not told yet gives its place back then.
    const isTold = !this.#connections.has(connection)
    if (this.#ended.delete(connection) && isTold) {
      this.#admission.release(connection.remoteAddress)
    }
  }

  #answered(connection: ConnectionHandle<Context>, roundTripTime: number): void {
    this.#traffic.roundTrips.add(roundTripTime)
    this.#events.emit('roundTrip', connection, roundTripTime)
  }

  #refused(refusal: Refusal, request: HandshakeRequest): void {
    this.#counters.refusals[refusal.reason]++
    this.#events.emit('refuse', refusal, request)
  }

  #report(error: unknown, source: ErrorSource<Context>): void {
    report(this.options.onError, error, source)
  }
}
