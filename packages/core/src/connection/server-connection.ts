import { HeartbeatMember } from '../heartbeat/heartbeat.ts'
import { isHeartbeat } from '../heartbeat/heartbeat-message.ts'
import { momentOf, NO_TIME, tenthsBetween } from '../heartbeat/round-trips.ts'
import type { SessionDriver } from '../session/session-driver.ts'
import { type CloseCause, CloseCode, type CloseEvent, checkCloseArguments } from './close.ts'
import type { Connection } from './connection.ts'
import { CODE_OF_CAUSE, Ending, type Outcome } from './ending.ts'
import type { EndpointState } from './endpoint-state.ts'
import type { Bytes, MessageType } from './message.ts'
import { RateLimit } from './rate-limit.ts'
import type {
  SendResult,
  Transport,
  TransportCloseCause,
  TransportListener,
  TurnWaiter,
} from './transport.ts'

/** What stays the same for a connection from its handshake on. */
interface ConnectionFacts<Context> {
  readonly id: number
  readonly context: Context
  readonly protocol: string
  readonly remoteAddress: string
}

/** In place of a backlog. */
const NOTHING_WAITS = -1

/**
 * One connection: between its transport, which calls the methods of {@link TransportListener}, and
 * its session. There can be very many, so it holds no more than it needs while nothing happens.
 */
export class ServerConnection<Context>
  extends HeartbeatMember
  implements Connection<Context>, TransportListener
{
  // First what every message needs, so that it lies together: with ten thousand connections most of the
  // time of a small message goes into fetching memory.
  /** Once the connection is not open any more. */
  #ending: Ending | undefined
  readonly #endpoint: EndpointState<Context>
  readonly #driver: SessionDriver<Context>
  readonly #transport: Transport
  readonly #rateLimit: RateLimit | undefined
  /**
   * What waited in the transport when it was last looked at, or `NOTHING_WAITS`. Less than that shows a
   * peer that takes bytes.
   */
  #lastBacklog = NOTHING_WAITS
  #isPaused = false
  /** When the ping was sent whose answer is waited for, or `NO_TIME`. */
  #pingedAt = NO_TIME
  /** Tenths of a millisecond that the last answer took, or `NO_TIME`. */
  #roundTrip = NO_TIME
  readonly id: number
  readonly context: Context
  readonly protocol: string
  readonly remoteAddress: string

  constructor(
    endpoint: EndpointState<Context>,
    transport: Transport,
    { id, context, protocol, remoteAddress }: ConnectionFacts<Context>,
  ) {
    super()
    this.id = id
    this.context = context
    this.protocol = protocol
    this.remoteAddress = remoteAddress
    this.#endpoint = endpoint
    this.#transport = transport
    this.#driver = endpoint.createDriver()
    endpoint.heartbeat?.add(this)
    const { messageRate, maxMessageSize } = endpoint.options
    this.#rateLimit =
      messageRate && new RateLimit(messageRate, maxMessageSize, endpoint.clock.now())
  }

  // For the session.

  get isOpen(): boolean {
    return this.#ending === undefined
  }

  get bufferedAmount(): number {
    return this.#isClosed ? 0 : this.#transport.bufferedAmount
  }

  get roundTripTime(): number | undefined {
    return this.#roundTrip === NO_TIME ? undefined : this.#roundTrip / 10
  }

  /** Whether the transport can stop reading. */
  get canPause(): boolean {
    return this.#transport.canPause
  }

  /** Returns `false` when the transport will not call. */
  awaitTurnEnd(waiter: TurnWaiter): boolean {
    return this.#transport.awaitTurnEnd?.(waiter) === true
  }

  send(data: string | Bytes, type?: MessageType): SendResult {
    const isText = typeof data === 'string'
    if (!isText && !(data instanceof ArrayBuffer) && !(data instanceof Uint8Array)) {
      throw new TypeError(wrongData(data))
    }
    if (this.#ending !== undefined) return 'closed'
    if (this.backlogged && !this.#hasRoom()) return 'closed'
    const result = this.#transport.send(data, isText ? 'text' : (type ?? 'binary'))
    if (result === 'closed') return result
    const { counters } = this.#endpoint
    counters.sentMessages++
    counters.sentBytes += isText ? this.#transport.byteLength(data) : data.byteLength
    if (result === 'queued') this.#noteBacklog()
    return result
  }

  close(code: number = CloseCode.Normal, reason = ''): void {
    checkCloseArguments(code, reason)
    this.#close({ cause: 'server', code, reason })
  }

  terminate(): void {
    if (this.#isClosed) return
    this.#ending ??= new Ending({ cause: 'server', code: CloseCode.Abnormal, reason: '' })
    this.#ending.isLeaving = true
    this.#disconnect()
    this.#ending.isLeaving = false
  }

  pause(): void {
    if (this.#ending !== undefined || this.#isPaused || !this.#transport.canPause) return
    this.#isPaused = true
    // The answer may come soon and be read late, which would say nothing of the peer.
    this.#pingedAt = NO_TIME
    this.#transport.pause()
  }

  resume(): void {
    if (!this.#isPaused || this.#isClosed) return
    this.#isPaused = false
    // The peer could not be heard until now.
    this.#touch()
    this.#transport.resume()
  }

  // For the endpoint and the session's driver.

  /** Closes for a reason of the endpoint's own, with the code that belongs to it. */
  fail(cause: CloseCause, reason: string): void {
    this.#close({ cause, code: CODE_OF_CAUSE[cause], reason })
  }

  // For the transport.

  opened(): void {
    this.#guard(() => this.#driver.opened(this))
    this.#endpoint.opened(this)
  }

  message(data: Bytes, type: MessageType): void {
    this.#touch()
    if (this.#ending !== undefined) return
    const size = data.byteLength
    const { options, counters } = this.#endpoint
    const { maxMessageSize, heartbeatMessage } = options
    if (size > maxMessageSize) {
      this.fail('message-too-big', '')
      return
    }
    if (this.#rateLimit?.take(size, this.#endpoint.clock.now()) === false) {
      this.fail('rate-limit', 'messages come faster than is allowed')
      return
    }
    counters.receivedMessages++
    counters.receivedBytes += size
    if (heartbeatMessage !== undefined && type === 'text' && isHeartbeat(heartbeatMessage, data)) {
      this.send(heartbeatMessage, 'text')
      return
    }
    // As #guard does, without a closure for each message.
    try {
      const result = this.#driver.received(this, data, type)
      if (typeof result === 'object') this.#watch(result)
    } catch (error) {
      this.#sessionFailed(error)
    }
  }

  pinged(): void {
    this.#gaveSignOfLife()
  }

  ponged(): void {
    if (this.#pingedAt !== NO_TIME && this.#ending === undefined) this.#answered()
    this.#gaveSignOfLife()
  }

  drained(): void {
    this.#lastBacklog = NOTHING_WAITS
    this.#tookBytes()
    if (!this.#isClosed) this.#guard(() => this.#driver.drained(this))
  }

  closing(cause: TransportCloseCause, code: number = CODE_OF_CAUSE[cause], reason = ''): void {
    const ending = this.#ending ?? this.#beginClosing({ cause, code, reason })
    if (cause === 'client') ending.peerHasClosed = true
  }

  closed(cause: TransportCloseCause, code: number = CODE_OF_CAUSE[cause], reason = ''): void {
    if (this.#isClosed) return
    this.#ending ??= new Ending({ cause, code, reason })
    if (cause === 'client') this.#ending.peerHasClosed = true
    this.#end(this.#ending)
  }

  // For the heartbeat.

  ping(): void {
    const { clock, counters } = this.#endpoint
    counters.sentPings++
    // The first of several: an answer to it must not be taken for a quick one to the last.
    if (this.#pingedAt === NO_TIME && !this.#isPaused) this.#pingedAt = momentOf(clock.now())
    this.#transport.ping()
  }

  expire(): void {
    this.#ending = new Ending({ cause: 'heartbeat', code: CloseCode.Abnormal, reason: '' })
    this.#disconnect()
  }

  get backlogged(): boolean {
    return this.#lastBacklog !== NOTHING_WAITS
  }

  excused(): boolean {
    if (!this.backlogged) return this.#isPaused
    return this.#hasTakenBytes() && this.#countsBytesTaken
  }

  // Within.

  get #isClosed(): boolean {
    return this.#ending?.isOver === true
  }

  #touch(): void {
    this.#endpoint.heartbeat?.touch(this)
  }

  /** A ping or a pong has come. */
  #gaveSignOfLife(): void {
    if (this.#endpoint.options.aliveOn === 'traffic') this.#touch()
    // The engine answers a ping by itself, and whoever sends those need not read the answers. One that
    // goes on while it is being closed for that is not waited for.
    if (this.#ending === undefined) this.#hasRoom()
    else if (!this.#isClosed && this.#isOverCap) this.#disconnect()
  }

  #answered(): void {
    this.#roundTrip = tenthsBetween(this.#pingedAt, momentOf(this.#endpoint.clock.now()))
    this.#pingedAt = NO_TIME
    this.#endpoint.answered(this, this.#roundTrip / 10)
  }

  #tookBytes(): void {
    if (this.#countsBytesTaken) this.#touch()
  }

  /** With `aliveOn: 'message'` the peer must speak, unless it is we who do not listen. */
  get #countsBytesTaken(): boolean {
    return this.#endpoint.options.aliveOn === 'traffic' || this.#isPaused
  }

  #hasTakenBytes(): boolean {
    const { backlog } = this.#transport
    const hasFallen = backlog < this.#lastBacklog
    this.#lastBacklog = backlog
    return hasFallen
  }

  #hasRoom(): boolean {
    if (this.backlogged && this.#hasTakenBytes()) this.#tookBytes()
    if (!this.#isOverCap) return true
    this.fail('slow-consumer', 'messages come faster than they are taken')
    return false
  }

  get #isOverCap(): boolean {
    return this.#transport.bufferedAmount > this.#endpoint.options.maxBufferedAmount
  }

  #noteBacklog(): void {
    if (!this.backlogged) this.#endpoint.heartbeat?.watchBacklog(this)
    this.#lastBacklog = this.#transport.backlog
  }

  #close(outcome: Outcome): void {
    if (this.#ending !== undefined) return
    const ending = this.#beginClosing(outcome)
    // A transport may be gone within this call, and the session must not be called inside its own.
    ending.isLeaving = true
    this.#transport.close(outcome.code, outcome.reason)
    ending.isLeaving = false
  }

  #beginClosing(outcome: Outcome): Ending {
    const ending = new Ending(outcome)
    this.#ending = ending
    const { clock, options, heartbeat } = this.#endpoint
    heartbeat?.remove(this)
    ending.cancelCloseTimeout = clock.schedule(() => this.#disconnect(), options.closeTimeout)
    // The peer's close frame is still to be read.
    this.resume()
    return ending
  }

  #disconnect(): void {
    this.#transport.terminate()
    this.closed('lost')
  }

  #end(ending: Ending): void {
    ending.isOver = true
    ending.cancelCloseTimeout?.()
    this.#endpoint.heartbeat?.remove(this)
    const { event } = ending
    if (ending.isLeaving) Promise.resolve().then(() => this.#report(event))
    else this.#report(event)
  }

  #report(event: CloseEvent): void {
    this.#guard(() => this.#driver.ended(this, event))
    this.#endpoint.ended(this, event)
  }

  #guard(call: () => unknown): void {
    try {
      const result = call()
      if (typeof result === 'object') this.#watch(result)
    } catch (error) {
      this.#sessionFailed(error)
    }
  }

  /** A handler may be an async function, whose rejection would otherwise be nobody's. */
  #watch(result: unknown): void {
    Promise.resolve(result).catch((error) => this.#sessionFailed(error))
  }

  #sessionFailed(error: unknown): void {
    this.#endpoint.report(error, { connection: this })
    this.fail('session-error', '')
  }
}

function wrongData(data: unknown): string {
  const got = data === null ? 'null' : typeof data
  return `send takes a string, a Uint8Array or an ArrayBuffer, got ${got}`
}
