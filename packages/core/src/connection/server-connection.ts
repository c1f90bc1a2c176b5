import { HeartbeatMember } from '../heartbeat/heartbeat.ts'
import { isHeartbeat } from '../heartbeat/heartbeat-message.ts'
import { momentOf, NO_TIME, tenthsBetween } from '../heartbeat/round-trips.ts'
import type { Bytes } from '../runtime/bytes.ts'
import { Deferred } from '../runtime/deferred.ts'
import { show } from '../runtime/show.ts'
import { isThenable } from '../runtime/thenable.ts'
import { ARRIVAL_OVERHEAD, ArrivalQueue } from './arrival-queue.ts'
import { type CloseCause, CloseCode, type CloseEvent, checkCloseArguments } from './close.ts'
import { ConnectionClosedError } from './connection-closed-error.ts'
import type { ConnectionEnvironment } from './connection-environment.ts'
import {
  type ConnectionFacts,
  ConnectionHandle,
  type ConnectionInternals,
} from './connection-handle.ts'
import { CODE_OF_CAUSE, Ending, type Outcome } from './ending.ts'
import type { Message, MessageType } from './message.ts'
import { RateLimit } from './rate-limit.ts'
import type { DrivenConnection, SessionDriver } from './session-driver.ts'
import type {
  SendResult,
  Transport,
  TransportCloseCause,
  TransportListener,
  TurnWaiter,
} from './transport.ts'
import { LONG_SHARE, SHORT_SHARE, type TurnShare, type TurnTaker } from './turn-budget.ts'

/** In place of a backlog. */
const NOTHING_WAITS = -1

// Who has stopped the reading, as bits.
const NOBODY = 0
const SESSION = 1
const DRIVER = 2
const TURN = 4

const SENT: Promise<'sent'> = Promise.resolve('sent')
const CLOSED: Promise<'closed'> = Promise.resolve('closed')

/** What the application waits for, where it waits. */
class Waits {
  /** For the network to take what was sent. */
  sender: Deferred<'sent'> | undefined = undefined
  closed: Deferred<CloseEvent> | undefined = undefined
}

/**
 * One connection: between its transport, which calls the methods of {@link TransportListener}, and
 * its session. There can be very many, so it holds no more than it needs while nothing happens.
 */
export class ServerConnection<Context>
  extends HeartbeatMember
  implements ConnectionInternals, DrivenConnection<Context>, TransportListener, TurnTaker
{
  // First what every message needs, so that it lies together: with ten thousand connections most of the
  // time of a small message goes into fetching memory.
  /** Once the connection is not open any more. */
  #ending: Ending | undefined
  readonly #endpoint: ConnectionEnvironment<Context>
  readonly #driver: SessionDriver<Context>
  readonly #transport: Transport
  readonly #rateLimit: RateLimit | undefined
  /**
   * What waited in the transport when it was last looked at, or `NOTHING_WAITS`. Less than that shows a
   * peer that takes bytes.
   */
  #lastBacklog = NOTHING_WAITS
  #pausedBy = NOBODY
  /** What came when the connection had had its share of a turn, while there is any. */
  #arrivals: ArrivalQueue | undefined
  /**
   * About when something was sent last, in whole milliseconds. `undefined` where nobody asks: only a
   * session's own ping depends on it.
   */
  #sentAt: number | undefined
  /** When the ping was sent whose answer is waited for, or `NO_TIME`. */
  #pingedAt = NO_TIME
  /** Pings that were sent, less the pongs that came. A peer may answer the last of several alone. */
  #unansweredPings = 0
  /** Tenths of a millisecond that the last answer took, or `NO_TIME`. */
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

  send(data: string | Bytes, type?: MessageType): SendResult {
    const isText = typeof data === 'string'
    if (!isText && !(data instanceof ArrayBuffer) && !(data instanceof Uint8Array)) {
      throw new TypeError(wrongData(data))
    }
    if (this.#ending !== undefined) return 'closed'
    if (this.backlogged && !this.#hasRoom()) return 'closed'
    const result = this.#transport.send(data, isText ? 'text' : (type ?? 'binary'))
    if (result === 'closed') return result
    const { traffic } = this.#endpoint
    traffic.sentMessages++
    traffic.sentBytes += isText ? this.#transport.byteLength(data) : data.byteLength
    if (result === 'queued') this.#noteBacklog()
    if (this.#sentAt !== undefined) this.#noteSent()
    return result
  }

  sendAndWait(data: string | Bytes, type?: MessageType): Promise<'sent' | 'closed'> {
    const result = this.send(data, type)
    if (result === 'sent') return SENT
    if (result === 'closed') return CLOSED
    this.#waits ??= new Waits()
    this.#waits.sender ??= new Deferred()
    return this.#waits.sender.promise
  }

  close(code: number = CloseCode.Normal, reason = ''): void {
    checkCloseArguments(code, reason)
    this.#close({ cause: 'server', code, reason })
  }

  terminate(): void {
    if (this.#isClosed) return
    this.#ending ??= new Ending({ cause: 'server', code: CloseCode.Abnormal, reason: '' })
    this.#ending.isLeaving = true
    this.#arrivals = undefined
    this.#disconnect()
    this.#ending.isLeaving = false
  }

  pause(): void {
    this.#stopReading(SESSION)
  }

  resume(): void {
    this.#readOn(SESSION)
  }

  read(): Promise<IteratorResult<Message, undefined>> {
    if (this.#driver.read !== undefined) return this.#driver.read(this)
    const why = 'Only a loop session can iterate a connection.'
    const advice = 'Use the message handler, or write the session with loop(...).'
    return Promise.reject(new TypeError(`${why} ${advice}`))
  }

  // For the session's driver and the endpoint.

  get canPause(): boolean {
    return this.#transport.canPause
  }

  holdReading(): void {
    this.#stopReading(DRIVER)
  }

  releaseReading(): void {
    this.#readOn(DRIVER)
  }

  overrun(): void {
    this.#arrivals = undefined
    this.#ending = new Ending({ cause: 'slow-consumer', code: CloseCode.Abnormal, reason: '' })
    this.#disconnect()
  }

  takeTurn(): boolean {
    return this.#endpoint.turnBudget.take(this)
  }

  awaitNextTurn(driver: Pick<TurnTaker, 'turnBegan'>): void {
    this.#endpoint.turnBudget.awaitNext(driver)
  }

  awaitTurnEnd(waiter: TurnWaiter): boolean {
    return this.#transport.awaitTurnEnd?.(waiter) === true
  }

  fail(cause: CloseCause, reason: string): void {
    this.#close({ cause, code: CODE_OF_CAUSE[cause], reason })
  }

  // For the transport.

  opened(): void {
    this.#guard(() => this.#driver.opened(this))
    this.#endpoint.opened(this.handle)
  }

  message(data: Bytes, type: MessageType): void {
    this.#touch()
    if (this.#ending !== undefined) {
      this.#ignore(this.#ending, data.byteLength)
      return
    }
    // A driver that has a queue of its own takes from it as the turns allow.
    if (this.#driver.read === undefined && !this.#mayHandle()) this.#keep(data, type)
    else this.#receive(data, type)
  }

  #receive(data: Bytes, type: MessageType): void {
    const size = data.byteLength
    const { options, traffic } = this.#endpoint
    const { maxMessageSize, heartbeatMessage } = options
    if (size > maxMessageSize) {
      this.fail('message-too-big', '')
      return
    }
    if (!this.#isWithinRate(size)) return
    traffic.receivedMessages++
    traffic.receivedBytes += size
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
    this.#gaveSignOfLife(true)
  }

  ponged(): void {
    if (this.#pingedAt !== NO_TIME && this.#ending === undefined) this.#answered()
    const isAnswer = this.#unansweredPings > 0
    if (isAnswer) this.#unansweredPings--
    this.#gaveSignOfLife(!isAnswer)
  }

  drained(): void {
    this.#lastBacklog = NOTHING_WAITS
    this.#tookBytes()
    this.#waits?.sender?.resolve('sent')
    if (this.#waits !== undefined) this.#waits.sender = undefined
    if (!this.#isClosed) this.#guard(() => this.#driver.drained?.(this))
  }

  closing(cause: TransportCloseCause, code: number = CODE_OF_CAUSE[cause], reason = ''): void {
    const ending = this.#ending ?? this.#beginClosing({ cause, code, reason })
    if (cause === 'client') ending.peerHasClosed = true
  }

  closed(cause: TransportCloseCause, code: number = CODE_OF_CAUSE[cause], reason = ''): void {
    if (this.#isClosed) return
    this.#ending ??= new Ending({ cause, code, reason })
    if (cause === 'client') this.#ending.peerHasClosed = true
    if (this.#arrivals === undefined) {
      this.#end(this.#ending)
    } else {
      // What came before the end is handed over before it.
      this.#ending.isGone = true
      this.#endpoint.heartbeat?.remove(this)
    }
  }

  // For the turns of the event loop.

  get turnShare(): TurnShare {
    return this.#transport.holdTurn === undefined ? LONG_SHARE : SHORT_SHARE
  }

  turnBegan(): void {
    const { together } = this.#transport
    if (together === undefined || this.#isClosed) this.#handleArrivals()
    else this.#transport.together?.(() => this.#handleArrivals())
  }

  // For the heartbeat.

  ping(): void {
    if (this.#driver.ping !== undefined) {
      this.#guard(() => this.#driver.ping?.(this))
      return
    }
    const { clock, traffic } = this.#endpoint
    traffic.sentPings++
    this.#unansweredPings++
    // The first of several: an answer to it must not be taken for a quick one to the last.
    if (this.#pingedAt === NO_TIME && !this.#isPaused) this.#pingedAt = momentOf(clock.now())
    this.#transport.ping()
  }

  expire(): void {
    this.#arrivals = undefined
    this.#ending = new Ending({ cause: 'heartbeat', code: CloseCode.Abnormal, reason: '' })
    this.#disconnect()
  }

  get sentAt(): number | undefined {
    return this.#sentAt
  }

  get backlogged(): boolean {
    return this.#lastBacklog !== NOTHING_WAITS
  }

  excused(): boolean {
    if (!this.backlogged) return this.#isPaused
    return this.#hasTakenBytes() && this.#countsBytesTaken
  }

  // Within.

  /** Whether the transport is gone. */
  get #isClosed(): boolean {
    return this.#ending !== undefined && (this.#ending.isGone || this.#ending.event !== undefined)
  }

  get #isPaused(): boolean {
    return this.#pausedBy !== NOBODY
  }

  #stopReading(who: number): void {
    if (this.#ending !== undefined || !this.#transport.canPause) return
    const wasPaused = this.#isPaused
    this.#pausedBy |= who
    if (wasPaused) return
    // The answer may come soon and be read late, which would say nothing of the peer.
    this.#pingedAt = NO_TIME
    this.#transport.pause()
  }

  #readOn(who: number): void {
    if (!this.#isPaused || this.#isClosed) return
    this.#pausedBy &= ~who
    if (this.#isPaused) return
    // The peer could not be heard until now.
    this.#touch()
    this.#transport.resume()
  }

  #noteSent(): void {
    const { clock, heartbeat } = this.#endpoint
    this.#sentAt = Math.floor(heartbeat?.lastTickAt ?? clock.now())
  }

  #touch(): void {
    this.#endpoint.heartbeat?.touch(this)
  }

  #isWithinRate(size: number): boolean {
    if (this.#rateLimit?.take(size, this.#endpoint.clock.now()) !== false) return true
    this.fail('rate-limit', 'The client sends messages faster than is allowed.')
    return false
  }

  /** Whether what comes may be handled now. */
  #mayHandle(): boolean {
    if (this.#arrivals !== undefined) return false
    // Where the transport can stop, this is the last thing that it hands over in this turn.
    return this.#endpoint.turnBudget.take(this) || this.#transport.holdTurn?.() === true
  }

  /** Keeps a message until the next turn, or counts a ping or a pong that was one too many for this one. */
  #keep(data?: Bytes, type: MessageType = 'binary'): void {
    if (this.#arrivals === undefined) {
      this.#arrivals = new ArrivalQueue()
      this.#stopReading(TURN)
      this.#endpoint.turnBudget.awaitNext(this)
    }
    const isFull = this.#arrivals.bytes >= this.#endpoint.options.receiveBufferSize
    if (!isFull || this.#transport.canPause) {
      this.#arrivals.push(data, type)
      return
    }
    this.overrun()
  }

  #handleArrivals(): void {
    const arrivals = this.#arrivals
    if (arrivals === undefined) return
    for (let next = arrivals.first; next !== undefined; next = arrivals.first) {
      if (!this.takeTurn()) {
        this.#endpoint.turnBudget.awaitNext(this)
        return
      }
      arrivals.shift()
      this.#receive(next.data, next.type)
      // The session has closed, and is handed nothing more.
      if (this.#arrivals === undefined) return
    }
    this.#arrivals = undefined
    if (this.#ending?.isGone) this.#end(this.#ending)
    else this.#readOn(TURN)
  }

  /** A ping or a pong has come. One that nobody asked for counts as a message without bytes. */
  #gaveSignOfLife(isUnasked: boolean): void {
    if (this.#endpoint.options.aliveOn === 'traffic') this.#touch()
    if (this.#ending === undefined && isUnasked && !this.#isWithinRate(0)) return
    if (this.#ending === undefined && !this.#mayHandle()) this.#keep()
    // The engine answers a ping by itself, and whoever sends those need not read the answers. One that
    // goes on while it is being closed for that is not waited for.
    if (this.#ending === undefined) this.#hasRoom()
    else if (!this.#isClosed && this.#isOverCap) this.#disconnect()
    else this.#ignore(this.#ending, 0)
  }

  /**
   * Something came behind our close frame. A peer that has not read that yet may have sent as much as a buffer
   * holds; one that sends more is not waited for.
   */
  #ignore(ending: Ending, size: number): void {
    if (this.#isClosed) return
    if (ending.ignoredBytes >= this.#endpoint.options.receiveBufferSize) this.#disconnect()
    ending.ignoredBytes += size + ARRIVAL_OVERHEAD
  }

  #answered(): void {
    this.#roundTrip = tenthsBetween(this.#pingedAt, momentOf(this.#endpoint.clock.now()))
    this.#pingedAt = NO_TIME
    this.#endpoint.answered(this.handle, this.#roundTrip / 10)
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
    this.#arrivals = undefined
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
    this.#readOn(SESSION | DRIVER | TURN)
    return ending
  }

  #disconnect(): void {
    this.#transport.terminate()
    this.closed('lost')
  }

  #end(ending: Ending): void {
    const event = ending.complete()
    this.#endpoint.heartbeat?.remove(this)
    if (ending.isLeaving) Promise.resolve().then(() => this.#report(event))
    else this.#report(event)
  }

  #report(event: CloseEvent): void {
    this.#waits?.sender?.reject(new ConnectionClosedError(event))
    this.#guard(() => this.#driver.ended(this, event))
    this.#endpoint.ended(this.handle, event)
    this.#waits?.closed?.resolve(event)
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
    if (isThenable(result)) result.then(undefined, (error) => this.#sessionFailed(error))
  }

  #sessionFailed(error: unknown): void {
    this.#endpoint.failed(error, this.handle)
    this.fail('session-error', '')
  }
}

function wrongData(data: unknown): string {
  const problem = `The data to send must be a string, a Uint8Array or an ArrayBuffer, got ${show(data)}.`
  return `${problem} Convert other values first, for example with JSON.stringify.`
}
