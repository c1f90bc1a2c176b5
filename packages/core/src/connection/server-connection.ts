import { HeartbeatMember } from '../heartbeat/heartbeat.ts'
import { isHeartbeat } from '../heartbeat/heartbeat-message.ts'
import { momentOf, NO_TIME, tenthsBetween } from '../heartbeat/round-trips.ts'
import { type Bytes, localBytes } from '../runtime/bytes.ts'
import { Deferred } from '../runtime/deferred.ts'
import { show } from '../runtime/show.ts'
import { watchRejection } from '../runtime/thenable.ts'
import { type CloseCause, CloseCode, type CloseEvent, checkCloseArguments } from './close.ts'
import { ConnectionClosedError } from './connection-closed-error.ts'
import type { ConnectionEnvironment } from './connection-environment.ts'
import {
  type ConnectionFacts,
  ConnectionHandle,
  type ConnectionInternals,
} from './connection-handle.ts'
import { CODE_OF_CAUSE, Ending, type Outcome } from './ending.ts'
import { LateArrivals } from './late-arrivals.ts'
import type { Message, MessageType } from './message.ts'
import type { ConnectionObserver } from './observer.ts'
import { isPrepared, type Prepared } from './prepared.ts'
import { RateLimit } from './rate-limit.ts'
import type { DrivenConnection, SessionDriver } from './session-driver.ts'
import type {
  ReconnectingListener,
  SendResult,
  Transport,
  TransportCloseCause,
  TransportKind,
  TurnWaiter,
} from './transport.ts'
import { MAX_TOGETHER, type TurnTaker } from './turn-budget.ts'
import { Waits } from './waits.ts'

/** The value of `#lastBacklog` while nothing waits in the transport. */
const NOTHING_WAITS = -1

// Bits of `#pausedBy`: who has stopped reading.
const NOBODY = 0
const SESSION = 1
const DRIVER = 2
const LATE = 4

const SENT: Promise<'sent'> = Promise.resolve('sent')
const CLOSED: Promise<'closed'> = Promise.resolve('closed')

/**
 * One connection, between its transport and its session. The transport calls the methods of
 * {@link ReconnectingListener}. A process can have a million connections, so an idle one holds little memory.
 */
export class ServerConnection<Context>
  extends HeartbeatMember
  implements ConnectionInternals, DrivenConnection<Context>, ReconnectingListener, TurnTaker
{
  // The fields that every message needs come first, so that they lie together: with ten thousand connections
  // most of the time of a small message goes into fetching memory.
  /** `undefined` while the connection is open. */
  #ending: Ending | undefined
  readonly #endpoint: ConnectionEnvironment<Context>
  readonly #driver: SessionDriver<Context>
  readonly #transport: Transport
  readonly #rateLimit: RateLimit | undefined
  /**
   * The transport's backlog at the last look, or `NOTHING_WAITS`. A smaller backlog at the next look shows
   * that the client takes bytes.
   */
  #lastBacklog = NOTHING_WAITS
  #pausedBy = NOBODY
  /** What came beyond the share of a turn. Made where the engine cannot stop, while something waits. */
  #late: LateArrivals | undefined
  /**
   * About when the last message was sent, in whole milliseconds. `undefined` unless the session has a
   * `ping` handler, which is all that depends on it.
   */
  #sentAt: number | undefined
  /** When the ping was sent that is being measured, or `NO_TIME`. */
  #pingedAt = NO_TIME
  /** The last round trip in tenths of a millisecond, or `NO_TIME`. */
  #roundTrip = NO_TIME
  #waits: Waits | undefined
  readonly handle: ConnectionHandle<Context>

  constructor(
    endpoint: ConnectionEnvironment<Context>,
    transport: Transport,
    facts: ConnectionFacts<Context>,
  ) {
    super()
    this.handle = new ConnectionHandle(facts, this)
    this.#endpoint = endpoint
    this.#transport = transport
    this.#driver = endpoint.createDriver()
    if (this.#driver.ping !== undefined) this.#sentAt = Math.floor(endpoint.clock.now())
    endpoint.heartbeat?.add(this)
    const { messageRate, maxMessageSize } = endpoint.options
    this.#rateLimit =
      messageRate && new RateLimit(messageRate, maxMessageSize, endpoint.clock.now())
  }

  // For the application, through the handle.

  get isOpen(): boolean {
    return this.#ending === undefined
  }

  get transport(): TransportKind {
    return this.#transport.kind ?? 'web-sockets'
  }

  get bufferedAmount(): number {
    return this.#isClosed ? 0 : this.#transport.bufferedAmount
  }

  get roundTripTime(): number | undefined {
    return this.#roundTrip === NO_TIME ? undefined : this.#roundTrip / 10
  }

  get whenClosed(): Promise<CloseEvent> {
    const event = this.#ending?.event
    if (event !== undefined) return Promise.resolve(event)
    this.#waits ??= new Waits()
    this.#waits.closed ??= new Deferred()
    return this.#waits.closed.promise
  }

  send(data: string | Bytes | Prepared, type?: MessageType): SendResult {
    const isText = typeof data === 'string'
    if (!isText && !(data instanceof Uint8Array) && !(data instanceof ArrayBuffer)) {
      return this.#sendOther(data, type)
    }
    if (!this.#takesMessages()) return 'closed'
    const result = this.#transport.send(data, isText ? 'text' : (type ?? 'binary'))
    if (result === 'closed') return result
    this.#noteSent(isText ? this.#transport.byteLength(data) : data.byteLength, result)
    return result
  }

  sendAndWait(data: string | Bytes | Prepared, type?: MessageType): Promise<'sent' | 'closed'> {
    const result = this.send(data, type)
    if (result === 'sent') return SENT
    if (result === 'closed') return CLOSED
    this.#waits ??= new Waits()
    this.#waits.sender ??= new Deferred()
    return this.#waits.sender.promise
  }

  flush(): void {
    if (this.#ending === undefined) this.#transport.flush?.()
  }

  close(code: number = CloseCode.Normal, reason = ''): void {
    checkCloseArguments(code, reason)
    this.#close({ cause: 'server', code, reason })
  }

  closeAs(cause: CloseCause, code: number): void {
    checkCloseArguments(code, '')
    this.#close({ cause, code, reason: '' })
  }

  terminate(): void {
    if (this.#isClosed) {
      this.#forgetLate()
      return
    }
    this.#ending ??= new Ending({ cause: 'server', code: CloseCode.Abnormal, reason: '' })
    this.#ending.isLeaving = true
    this.#disconnect()
    this.#ending.isLeaving = false
  }

  pause(): void {
    this.#stopReading(SESSION)
  }

  resume(): void {
    this.#readOn(SESSION)
  }

  observe(observer: ConnectionObserver): void {
    if (this.#isClosed) return
    this.#waits ??= new Waits()
    this.#waits.observe(observer)
  }

  countMessage(): boolean {
    return this.#isWithin(this.#rateLimit?.take(0, this.#endpoint.clock.now()))
  }

  read(): Promise<IteratorResult<Message, undefined>> {
    if (this.#driver.read !== undefined) return this.#driver.read(this)
    const why = 'Only a loop session can iterate a connection.'
    const advice = 'Use the message handler, or write the session with loop(...).'
    return Promise.reject(new TypeError(`${why} ${advice}`))
  }

  // For the session's driver and the endpoint.

  get canPause(): boolean {
    return this.#transport.pause !== undefined
  }

  sizeOf(data: string | Bytes): number {
    return typeof data === 'string' ? this.#transport.byteLength(data) : data.byteLength
  }

  holdReading(): void {
    this.#stopReading(DRIVER)
  }

  releaseReading(): void {
    this.#readOn(DRIVER)
  }

  takeTurn(): boolean {
    return this.#endpoint.turnBudget.take(this)
  }

  afterTurn(callback: () => void): void {
    this.#endpoint.turnBudget.afterTurn(callback)
  }

  awaitTurnEnd(waiter: TurnWaiter): boolean {
    return this.#transport.awaitTurnEnd?.(waiter) === true
  }

  fail(cause: CloseCause, reason: string): void {
    if (cause === 'shutdown' && this.#ending === undefined) {
      this.#guard(() => this.#driver.leaving?.(this))
    }
    this.#close({ cause, code: CODE_OF_CAUSE[cause], reason })
  }

  sessionFailed(error: unknown): void {
    this.#endpoint.failed(error, this.handle)
    this.fail('session-error', '')
  }

  overrun(): void {
    this.#ending = new Ending({ cause: 'slow-consumer', code: CloseCode.Abnormal, reason: '' })
    this.#disconnect()
  }

  // For the transport.

  opened(): void {
    this.#guard(() => this.#driver.opened(this))
    this.#endpoint.opened(this.handle)
  }

  message(data: string | Bytes, type: MessageType): void {
    this.#touch()
    if (this.#ending !== undefined) {
      this.#ignore(this.#ending, this.sizeOf(data))
      return
    }
    // A loop has a queue of its own, and takes its turns when it reads. A heartbeat never gets there.
    const takesTurn = this.#driver.read === undefined || this.#isHeartbeat(data, type)
    if (!takesTurn || this.#mayHandle()) this.receive(data, type)
    else this.#keepingLate().push(data, type)
  }

  /** Handles a message in its turn. */
  receive(data: string | Bytes, type: MessageType): void {
    const { options, traffic } = this.#endpoint
    const { maxMessageSize, heartbeatMessage } = options
    const isText = typeof data === 'string'
    // A code unit of UTF-16 takes three bytes of UTF-8 at most. So most texts need not be counted for this.
    if (
      (isText ? 3 * data.length : data.byteLength) > maxMessageSize &&
      this.sizeOf(data) > maxMessageSize
    ) {
      this.fail('message-too-big', '')
      return
    }
    if (this.#rateLimit !== undefined && !this.#isWithinRate(this.#rateLimit, data)) return
    traffic.receivedMessages++
    if (!isText) traffic.receivedBytes += data.byteLength
    // The same as #guard, without a closure for each message.
    try {
      if (heartbeatMessage !== undefined && this.#isHeartbeat(data, type)) {
        this.send(heartbeatMessage, 'text')
      } else {
        const result = this.#driver.received(this, data, type)
        if (mayReject(result)) this.#watch(result)
      }
    } catch (error) {
      this.sessionFailed(error)
    }
    // Last, because a transport need not count a text that it was given to send back.
    if (isText) traffic.receivedBytes += this.#transport.byteLength(data)
  }

  pinged(): void {
    this.#isWithin(this.#rateLimit?.take(0, this.#endpoint.clock.now()))
    this.#gaveSignOfLife()
  }

  ponged(): void {
    if (this.#pingedAt !== NO_TIME && this.#ending === undefined) this.#answered()
    this.#isWithin(this.#rateLimit?.takePong(this.#endpoint.clock.now()))
    this.#gaveSignOfLife()
  }

  alive(): void {
    this.#touch()
  }

  reconnected(): void {
    this.#touch()
    if (this.#late === undefined) return
    this.#dropLate()
    this.#readOn(LATE)
  }

  drained(): void {
    this.#lastBacklog = NOTHING_WAITS
    this.#tookBytes()
    this.#waits?.sender?.resolve('sent')
    if (this.#waits !== undefined) this.#waits.sender = undefined
    if (this.#isClosed) return
    this.#guard(() => this.#driver.drained?.(this))
    this.#waits?.tellDrained(this.handle)
  }

  closing(cause: TransportCloseCause, code: number = CODE_OF_CAUSE[cause], reason = ''): void {
    const ending = this.#ending ?? this.#beginClosing({ cause, code, reason })
    if (cause === 'client') ending.peerHasClosed = true
  }

  ignored(bytes: number): void {
    if (this.#ending !== undefined) this.#ignore(this.#ending, bytes)
  }

  closed(cause: TransportCloseCause, code: number = CODE_OF_CAUSE[cause], reason = ''): void {
    if (this.#isClosed) {
      this.#endpoint.hungUp(this.handle)
      return
    }
    this.#ending ??= new Ending({ cause, code, reason })
    if (cause === 'client') this.#ending.peerHasClosed = true
    this.#end(this.#ending)
  }

  // For the turns of the event loop.

  get maxTogether(): number {
    // Such an engine runs promises after every message.
    return this.#transport.awaitTurnEnd === undefined ? MAX_TOGETHER : Number.POSITIVE_INFINITY
  }

  caughtUp(): void {
    const event = this.#ending?.event
    this.#late = undefined
    // The transport may end within this call, and then reports that by itself.
    if (event === undefined) this.#readOn(LATE)
    else this.#report(event)
  }

  // For the heartbeat.

  ping(): void {
    if (this.#driver.ping !== undefined) {
      this.#guard(() => this.#driver.ping?.(this))
      return
    }
    if (this.#transport.ping === undefined) return
    const { clock, traffic } = this.#endpoint
    traffic.sentPings++
    this.#rateLimit?.expectPong()
    // Only the first of several unanswered pings is measured: the next pong answers that one.
    if (this.#pingedAt === NO_TIME && !this.#isPaused) this.#pingedAt = momentOf(clock.now())
    this.#transport.ping()
  }

  expire(): void {
    if (this.#ending === undefined) this.#guard(() => this.#driver.timedOut?.(this))
    if (this.#isClosed) return
    // The first cause stays, where that call has begun to close.
    this.#ending ??= new Ending({ cause: 'heartbeat', code: CloseCode.Abnormal, reason: '' })
    this.#disconnect()
  }

  get sentAt(): number | undefined {
    return this.#sentAt
  }

  get backlogged(): boolean {
    return this.#lastBacklog !== NOTHING_WAITS
  }

  excused(): boolean {
    if (this.#transport.isAway === true) return true
    if (!this.backlogged) return this.#isPaused
    return this.#hasTakenBytes() && this.#countsBytesTaken
  }

  // Private.

  get #isClosed(): boolean {
    return this.#ending?.event !== undefined
  }

  get #isPaused(): boolean {
    return this.#pausedBy !== NOBODY
  }

  #stopReading(who: number): void {
    if (this.#ending !== undefined || !this.canPause) return
    const wasPaused = this.#isPaused
    this.#pausedBy |= who
    if (wasPaused) return
    // The pong will be read late, so its time would say nothing about the client.
    this.#pingedAt = NO_TIME
    this.#transport.pause?.()
  }

  #readOn(who: number): void {
    if (!this.#isPaused || this.#isClosed) return
    this.#pausedBy &= ~who
    if (this.#isPaused) return
    // Messages of the client could not be read until now, so it was not silent.
    this.#touch()
    this.#transport.resume?.()
  }

  #sendOther(data: unknown, type: MessageType | undefined): SendResult {
    if (isPrepared(data)) return this.#sendPrepared(data)
    const bytes = localBytes(data)
    if (bytes === undefined) throw new TypeError(wrongData(data))
    return this.send(bytes, type)
  }

  #sendPrepared(message: Prepared): SendResult {
    if (!this.#takesMessages()) return 'closed'
    const transport = this.#transport
    const result =
      transport.sendPrepared === undefined
        ? transport.send(message.data, message.type)
        : transport.sendPrepared(message)
    if (result !== 'closed') this.#noteSent(message.bytes.byteLength, result)
    return result
  }

  /** Whether a message can be sent. Ends a connection that is over its cap. */
  #takesMessages(): boolean {
    return this.#ending === undefined && (!this.backlogged || this.#hasRoom())
  }

  #noteSent(bytes: number, result: SendResult): void {
    const { traffic, clock, heartbeat } = this.#endpoint
    traffic.sentMessages++
    traffic.sentBytes += bytes
    if (result === 'queued') this.#noteBacklog()
    if (this.#sentAt !== undefined) this.#sentAt = Math.floor(heartbeat?.lastTickAt ?? clock.now())
  }

  #isHeartbeat(data: string | Bytes, type: MessageType): boolean {
    const { heartbeatMessage } = this.#endpoint.options
    return (
      heartbeatMessage !== undefined &&
      type === 'text' &&
      isHeartbeat(heartbeatMessage, data, this.sizeOf(data))
    )
  }

  #touch(): void {
    this.#endpoint.heartbeat?.touch(this)
  }

  /** Closes when what came was over the rate. */
  #isWithin(allowed = true): boolean {
    if (!allowed) this.fail('rate-limit', 'The client sends messages faster than is allowed.')
    return allowed
  }

  #isWithinRate(rate: RateLimit, data: string | Bytes): boolean {
    return this.#isWithin(rate.take(this.sizeOf(data), this.#endpoint.clock.now()))
  }

  /** Whether what comes may be handled in this turn. */
  #mayHandle(): boolean {
    if (this.#late !== undefined) return false
    // Where the engine can stop, this is the last thing that it hands over in this turn.
    return this.takeTurn() || this.#transport.holdTurn?.() === true
  }

  #keepingLate(): LateArrivals {
    if (this.#late !== undefined) return this.#late
    this.#late = new LateArrivals(this, this.#endpoint.options.receiveBufferSize)
    // Nothing more is read, but what was read before still comes.
    this.#stopReading(LATE)
    return this.#late
  }

  /** A ping or a pong has come. */
  #gaveSignOfLife(): void {
    if (this.#endpoint.options.aliveOn === 'traffic') this.#touch()
    if (this.#ending === undefined && !this.#mayHandle()) this.#keepingLate().count()
    // The engine answers pings, and a client may send them without reading the answers. Disconnect a client
    // that continues while it is being closed for that.
    if (this.#ending === undefined) this.#hasRoom()
    else if (this.#ending.isForSlowness && !this.#isClosed && this.#isOverCap) this.#disconnect()
    else this.#ignore(this.#ending, 0)
  }

  /** Something came behind a close frame. */
  #ignore(ending: Ending, size: number): void {
    if (this.#isClosed) return
    if (ending.ignore(size, this.#endpoint.options.receiveBufferSize)) this.#disconnect()
  }

  #answered(): void {
    this.#roundTrip = tenthsBetween(this.#pingedAt, momentOf(this.#endpoint.clock.now()))
    this.#pingedAt = NO_TIME
    this.#endpoint.answered(this.handle, this.#roundTrip / 10)
  }

  #tookBytes(): void {
    if (this.#countsBytesTaken) this.#touch()
  }

  /** With `aliveOn: 'message'` only messages count, unless the server itself has paused reading. */
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
    this.fail('slow-consumer', 'The client reads messages too slowly.')
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
    this.#dropLate()
    // The transport may end within this call. The session's `close` must not run inside a call of the session.
    ending.isLeaving = true
    this.#transport.close(outcome.code, outcome.reason)
    ending.isLeaving = false
  }

  #beginClosing(outcome: Outcome): Ending {
    const ending = new Ending(outcome)
    this.#ending = ending
    this.#endpoint.heartbeat?.remove(this)
    const { clock, options } = this.#endpoint
    ending.awaitPeer(this.#transport, clock, options.closeTimeout, () => this.#disconnect())
    // Read on, so that the client's close frame arrives.
    this.#readOn(SESSION | DRIVER | LATE)
    return ending
  }

  #disconnect(): void {
    this.#dropLate()
    if (this.#transport.terminate !== undefined) this.#transport.terminate()
    else this.#lingerUntilGone()
    if (!this.#isClosed) this.closed('lost')
  }

  /** The engine cannot end the connection. Ask the client to, and keep the place until it has. */
  #lingerUntilGone(): void {
    // A closing handshake that has begun has a timeout.
    if (this.#ending?.hasTimeout !== true) this.#transport.close(CloseCode.GoingAway, '')
    if (!this.#isClosed) this.#endpoint.lingers(this.handle)
  }

  #end(ending: Ending): void {
    const event = ending.complete()
    this.#endpoint.heartbeat?.remove(this)
    // What came before the end is handed over before it.
    if (this.#late !== undefined) return
    if (ending.isLeaving) Promise.resolve().then(() => this.#report(event))
    else this.#report(event)
  }

  /** Nothing is received after a close by the server. */
  #dropLate(): void {
    this.#late?.drop()
    this.#late = undefined
  }

  /** The connection has ended, and what came before is not waited for. */
  #forgetLate(): void {
    if (this.#late === undefined) return
    this.#dropLate()
    // Not within a call of the session.
    Promise.resolve().then(() => this.caughtUp())
  }

  #report(event: CloseEvent): void {
    this.#waits?.sender?.reject(new ConnectionClosedError(event))
    this.#guard(() => this.#driver.ended(this, event))
    this.#endpoint.ended(this.handle, event)
    this.#waits?.tellEnded(this.handle)
    this.#waits?.closed?.resolve(event)
  }

  #guard(call: () => unknown): void {
    try {
      const result = call()
      if (mayReject(result)) this.#watch(result)
    } catch (error) {
      this.sessionFailed(error)
    }
  }

  /** A handler may be an async function. Its rejection is an error of the session too. */
  #watch(result: unknown): void {
    watchRejection(result, (error) => this.sessionFailed(error))
  }
}

/** Whether a result can be a promise at all. Most are `undefined`, or what `send` has returned. */
function mayReject(result: unknown): boolean {
  return typeof result === 'object' || typeof result === 'function'
}

function wrongData(data: unknown): string {
  const allowed = 'a string, a Uint8Array, an ArrayBuffer or a prepared message'
  const problem = `The data to send must be ${allowed}, got ${show(data)}.`
  return `${problem} Convert other values first, for example with JSON.stringify.`
}
