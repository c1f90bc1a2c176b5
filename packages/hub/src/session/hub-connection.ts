import type { Bytes, CloseEvent, Connection, SendResult } from '@wirebeat/core'
import {
  checkFlag,
  checkNames,
  checkObject,
  closeAs,
  countMessage,
  Deferred,
  isThenable,
  MAX_TOGETHER,
  reconnectableOf,
  type TurnTaker,
} from '@wirebeat/core/extension'
import type { Answers } from '../clients/recipient.ts'
import type { DisconnectOptions } from '../definition/call.ts'
import type { HubMethod } from '../definition/method-table.ts'
import { HubError } from '../errors/hub-error.ts'
import type { Encoded, HubEncoding, RecordReader } from '../protocol/encoding.ts'
import {
  type AcceptedHandshake,
  canceled,
  type Handshake,
  HandshakeReader,
} from '../protocol/handshake.ts'
import {
  type Close,
  type Completion,
  type Incoming,
  type Invocation,
  RecordError,
  RecordTooLargeError,
} from '../protocol/record.ts'
import { callAt } from './call-at.ts'
import { CallQueue } from './call-queue.ts'
import { ConnectionCaller } from './connection-caller.ts'
import { connectionFailure, invoking } from './failure-text.ts'
import type { HubEnd, HubEnvironment } from './hub-environment.ts'
import { type CallOwner, RunningCall } from './running-call.ts'
import { StatefulReconnect } from './stateful-reconnect.ts'
import type { Upload } from './upload.ts'
import { Uploads } from './uploads.ts'

/**
 * How long what a client has sent before it left may take, and a method whose stream it has cancelled, in milliseconds.
 */
const TIME_TO_FINISH = 5_000

/**
 * `handshake`: nothing may be sent. `open`. `leaving`: the client has closed, and what it has sent before is still
 * done. `closing`: nothing more is done. `ended`.
 */
type Phase = 'handshake' | 'open' | 'leaving' | 'closing' | 'ended'

/** One connection of a hub: reads records, and gives each to whom it concerns. */
export class HubConnection implements CallOwner, TurnTaker {
  readonly hub: HubEnvironment
  readonly connection: Connection
  readonly calls: CallQueue
  userId: string | undefined = undefined
  #phase: Phase = 'handshake'
  #handshake: HandshakeReader | undefined
  #encoding: HubEncoding | undefined = undefined
  #reader: RecordReader | undefined = undefined
  /** Where the client has agreed on it. */
  #stateful: StatefulReconnect | undefined = undefined
  #cancelTimer: (() => void) | undefined
  /** Calls that have begun and go on. Made when one does. */
  #running: RunningCall[] | undefined = undefined
  /** The streams that it has asked for, by their ids, from the call to the end. */
  #streams: Map<string, RunningCall> | undefined = undefined
  /** The streams that it sends. Made when the first one begins. */
  #uploads: Uploads | undefined = undefined
  #groups: Set<string> | undefined = undefined
  #items: Map<string, unknown> | undefined = undefined
  #drain: Deferred<void> | undefined = undefined
  #end: HubEnd | undefined = undefined
  /** Made when somebody waits for the end. */
  #whenOver: Deferred<void> | undefined = undefined
  /** How many records were counted for `messageRate` with the messages that they came in. */
  #counted = 0
  /** How many records were handled without a pause. */
  #together = 0
  #isReading = false
  #isPaused = false
  #awaitsTurn = false
  /** `connected` of the application has not returned yet. */
  #isConnecting = false
  /** `connected` has not failed, so `disconnected` is called. */
  #isConnected = false

  constructor(hub: HubEnvironment, connection: Connection) {
    const { limits, encodings, detailedErrors } = hub
    this.hub = hub
    this.connection = connection
    this.calls = new CallQueue(this, limits.maxParallelCalls, limits.maxWaitingCalls)
    this.#handshake = new HandshakeReader({
      encodings,
      allowBinary: connection.transport !== 'server-sent-events',
      maxRecordSize: limits.maxRecordSize,
      detailedErrors,
    })
    this.#cancelTimer = hub.clock.schedule(
      () => this.#shakeHands(canceled()),
      limits.handshakeTimeout,
    )
  }

  // For the session.

  received(data: string | Bytes): void {
    if (this.#handshake !== undefined) {
      const handshake = this.#handshake.push(data)
      if (handshake !== undefined) this.#shakeHands(handshake)
      return
    }
    if (this.#phase !== 'open' || this.#reader === undefined) return
    if (this.#isBlocked && this.#reader.buffered >= this.hub.limits.receiveBufferSize) {
      this.#breakOff('slow-consumer', this.#tooMuch())
      return
    }
    this.#stateful?.arrived(typeof data === 'string' ? data.length : data.byteLength)
    this.#reader.push(data)
    this.#counted++
    this.#together = 0
    this.#read()
  }

  drainedNow(): void {
    this.#drain?.resolve()
    this.#drain = undefined
  }

  ping(): void {
    if (this.#phase === 'open') this.#writeAside(this.encoding.ping)
  }

  /** The endpoint closes. */
  shutDown(): void {
    if (this.#phase !== 'open') return
    this.#writeAside(this.encoding.close(undefined, true))
    this.#phase = 'closing'
  }

  /** The client was silent for too long. */
  timedOut(): void {
    if (this.#phase !== 'open') return
    this.#end = { cause: 'heartbeat', error: SILENT }
    this.#writeAside(this.encoding.close(connectionFailure(undefined, false), true))
  }

  ended({ cause }: CloseEvent): void {
    this.#end ??= { cause, error: cause === 'heartbeat' ? SILENT : undefined }
    this.drainedNow()
    this.hub.directory.leave(this)
    this.hub.answers.left(this)
    if (this.#phase === 'handshake' || this.#phase === 'closing') {
      this.#over()
      return
    }
    if (cause === 'client' && this.#phase === 'open') this.#phase = 'leaving'
    this.#read()
    if (this.#phase !== 'leaving' || (this.calls.isEmpty && !this.#isBlocked)) {
      this.#over()
      return
    }
    this.#cancelTimer?.()
    this.#cancelTimer = this.hub.clock.schedule(() => this.#over(), TIME_TO_FINISH)
    for (const call of [...(this.#streams?.values() ?? [])]) call.cancel()
    this.#overIfDone()
  }

  /** Resolves when it has ended, and what `disconnected` has returned. */
  get over(): Promise<void> {
    this.#whenOver ??= new Deferred()
    return this.#whenOver.promise
  }

  /**
   * Tells the application what of its own has not returned, unless it is the client that is waited for.
   *
   * @param deadline the milliseconds that it had
   */
  reportUnfinished(deadline: number): void {
    if (this.#phase !== 'ended') return
    const name = this.#isConnecting ? 'connected' : 'disconnected'
    const error = new Error(
      `${name} has not returned within the deadline of close, ${deadline} ms.`,
    )
    this.hub.report(error, { connection: this.connection, in: name })
  }

  // For those who address it.

  get encoding(): HubEncoding {
    if (this.#encoding === undefined) throw new Error('There was no handshake.')
    return this.#encoding
  }

  get maxGroups(): number {
    return this.hub.limits.maxGroups
  }

  get answers(): Answers {
    return this.hub.answers
  }

  get groups(): Set<string> {
    this.#groups ??= new Set()
    return this.#groups
  }

  write(encoded: Encoded): SendResult {
    return this.connection.send(encoded)
  }

  /** Writes a record that is not numbered. */
  #writeAside(encoded: Encoded): void {
    if (this.#stateful === undefined) this.write(encoded)
    else this.#stateful.sendAside(encoded)
  }

  lendSlot(): void {
    this.calls.lend()
    this.#read()
  }

  takeSlotBack(): void {
    this.calls.takeBack()
  }

  disconnect(options: DisconnectOptions = {}): void {
    checkObject('The argument of disconnect', options)
    checkNames(options, ['allowReconnect'])
    const { allowReconnect = false } = options
    checkFlag('allowReconnect', allowReconnect)
    // Nobody can be told before the handshake.
    if (this.#phase === 'handshake') this.connection.close(NORMAL)
    else this.close({ cause: 'server', error: undefined }, undefined, allowReconnect)
  }

  /**
   * Ends the connection.
   *
   * @param text what the client is told
   */
  close(end: HubEnd, text: string | undefined, allowReconnect: boolean): void {
    if (this.#phase !== 'open') return
    this.#end = end
    this.#phase = 'closing'
    this.#writeAside(this.encoding.close(text, allowReconnect))
    closeAs(this.connection, end.cause === 'expired' ? 'server' : end.cause, NORMAL)
  }

  // For its calls.

  get items(): Map<string, unknown> {
    this.#items ??= new Map()
    return this.#items
  }

  callGoesOn(call: RunningCall): void {
    this.#running ??= []
    if (!this.#running.includes(call)) this.#running.push(call)
  }

  callEnded(call: RunningCall): void {
    const place = this.#running?.indexOf(call) ?? -1
    if (place >= 0) this.#running?.splice(place, 1)
    if (call.isStream && call.id !== undefined) this.#streams?.delete(call.id)
    this.#overIfDone()
  }

  drained(): Promise<void> {
    if (!this.connection.isOpen) return Promise.resolve()
    this.#drain ??= new Deferred()
    // It may take an acknowledgement, which has to be read.
    if (this.#stateful !== undefined) this.#read()
    return this.#drain.promise
  }

  turn(): Promise<void> {
    return new Promise((resolve) => this.hub.clock.afterTurn(resolve))
  }

  now(): number {
    return this.hub.clock.now()
  }

  // For its queue of calls.

  get isHeld(): boolean {
    const isOver = this.#phase === 'closing' || this.#phase === 'ended'
    return isOver || this.#isConnecting || this.#awaitsTurn
  }

  begun(): void {
    this.#takeTurn()
    this.#readOn()
  }

  // For the budget of a turn.

  get maxTogether(): number {
    return MAX_TOGETHER
  }

  // Reading.

  #shakeHands(handshake: Handshake): void {
    this.#handshake = undefined
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (!handshake.accepted) {
      this.#phase = 'closing'
      this.connection.send(handshake.answer)
      closeAs(this.connection, 'protocol-error', NORMAL)
      return
    }
    this.#encoding = handshake.encoding
    this.#reader = handshake.reader
    this.userId = this.hub.userId(this.connection.context)
    this.#phase = 'open'
    this.write(handshake.answer)
    this.#agreeOnReconnect(handshake)
    this.hub.directory.join(this)
    this.#expireInTime()
    this.#connect()
    this.#read()
  }

  #agreeOnReconnect({ version, reader }: AcceptedHandshake): void {
    const reconnectable = version >= STATEFUL_VERSION ? reconnectableOf(this.connection) : undefined
    if (reconnectable === undefined) return
    const { clock, limits } = this.hub
    const owner = { connection: this.connection, encoding: this.encoding, clock }
    this.#stateful = new StatefulReconnect(owner, reconnectable, reader, limits.reconnectBufferSize)
    this.#reader = this.#stateful.reader
  }

  #expireInTime(): void {
    const moment = this.hub.expiresAt(this.connection.context)
    if (moment === undefined) return
    if (Number.isNaN(Number(moment))) {
      throw new TypeError('expiresAt must return a time, got an invalid one.')
    }
    this.#cancelTimer = callAt(moment, this.hub.clock, () => {
      this.close({ cause: 'expired', error: undefined }, undefined, true)
    })
  }

  #connect(): void {
    const { connected } = this.hub
    this.#isConnected = true
    if (connected === undefined) return
    this.#isConnecting = true
    const done = (): void => {
      this.#isConnecting = false
      if (this.#phase === 'ended') this.#tellDisconnected()
      this.calls.start()
      this.#readOn()
      this.#overIfDone()
    }
    const failed = (error: unknown): void => {
      this.#isConnecting = false
      this.#isConnected = false
      if (!(error instanceof HubError)) {
        this.hub.report(error, { connection: this.connection, in: 'connected' })
      }
      const text = connectionFailure(error, this.hub.detailedErrors)
      this.close({ cause: 'session-error', error: text }, text, false)
      if (this.#phase === 'leaving') this.#over()
      else if (this.#phase === 'ended') this.#tellDisconnected()
    }
    try {
      const result = connected(new ConnectionCaller(this))
      if (isThenable(result)) result.then(done, failed)
      else done()
    } catch (error) {
      failed(error)
    }
  }

  /** Reads on if nothing stands in the way any more, when it is not known that there is something to read. */
  #readOn(): void {
    const mayBeStopped = this.#isPaused || this.#stateful !== undefined
    if (mayBeStopped || this.#phase === 'leaving') this.#read()
  }

  #read(): void {
    if (this.#isReading) return
    this.#isReading = true
    try {
      do this.#readRecords()
      while (this.#stateful?.lookAhead() === true)
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      this.#cannotRead(error)
    } finally {
      this.#isReading = false
    }
    // An acknowledgement can be read only if all before it is.
    const mustPause = this.#isBlocked && !this.#awaitsAcknowledgement
    if (mustPause === this.#isPaused) return
    this.#isPaused = mustPause
    if (mustPause) this.connection.pause()
    else this.connection.resume()
  }

  #readRecords(): void {
    while (!this.#isBlocked) {
      const record = this.#reader?.next()
      if (record === undefined || !this.#isWithinRate()) return
      if (this.#stateful?.accepts(record) !== false) this.#handle(record)
      this.#takeTurn()
    }
  }

  get #isBlocked(): boolean {
    return (
      this.#awaitsTurn ||
      this.#awaitsAcknowledgement ||
      this.#uploads?.isFull === true ||
      this.calls.isFull ||
      (this.#phase !== 'open' && this.#phase !== 'leaving')
    )
  }

  /** Whether more was sent than the client should have to keep up with. What it calls would be answered with more. */
  get #awaitsAcknowledgement(): boolean {
    return this.#phase === 'open' && this.#stateful !== undefined && this.#stateful.excess > 0
  }

  /** Several records may come in one message. */
  #isWithinRate(): boolean {
    if (this.#counted > 0) {
      this.#counted--
      return true
    }
    return this.#phase !== 'open' || countMessage(this.connection)
  }

  /** Others have their turn, too. */
  #takeTurn(): void {
    if (this.#awaitsTurn) return
    if (++this.#together < MAX_TOGETHER && this.hub.turnBudget.take(this)) return
    this.#awaitsTurn = true
    this.hub.turnBudget.afterTurn(() => {
      this.#awaitsTurn = false
      this.#together = 0
      this.calls.start()
      this.#read()
      this.#overIfDone()
    })
  }

  #handle(record: Incoming): void {
    switch (record.kind) {
      case 'invocation':
      case 'stream-invocation':
        this.#take(record)
        break
      case 'stream-item':
        this.#uploads?.take(record)
        break
      case 'completion':
        this.#takeCompletion(record)
        break
      case 'cancel':
        this.#cancel(record.id)
        break
      case 'close':
        this.#takeClose(record)
        break
      // A ping has done its work by coming. The others are of stateful reconnect, where it was not agreed on, or of
      // what this version of the protocol does not know.
      case 'ping':
      case 'unknown':
      case 'acknowledgement':
      case 'sequence':
        break
    }
  }

  #take(record: Invocation): void {
    const { id, target, kind, streamIds } = record
    const method = this.hub.methods.find(target)
    if (kind === 'invocation' && streamIds.length === 0) {
      this.calls.add(new RunningCall(this, record, method))
      return
    }
    const name = method?.name ?? target
    const count = streamIds.length + (kind === 'invocation' ? 0 : 1)
    const { maxStreams, maxIdLength } = this.hub.limits
    if ([id ?? '', ...streamIds].some(({ length }) => length > maxIdLength)) {
      this.#breakOff(
        'protocol-error',
        `The id of a call or stream is too long (maxIdLength is ${maxIdLength}).`,
      )
    } else if (kind === 'stream-invocation' && id !== undefined && this.#streams?.has(id)) {
      this.write(this.encoding.failure(id, `Invocation ID '${id}' is already in use.`))
    } else if (this.#streamCount + count > maxStreams) {
      const why = `The connection has too many streams (maxStreams is ${maxStreams}). End one first.`
      if (id !== undefined) {
        this.write(this.encoding.failure(id, `${invoking(name)} HubException: ${why}`))
      }
    } else {
      this.#takeStreams(record, method)
    }
  }

  get #streamCount(): number {
    return (this.#streams?.size ?? 0) + (this.#uploads?.size ?? 0)
  }

  #takeStreams(record: Invocation, method: HubMethod | undefined): void {
    const call = new RunningCall(this, record, method, this.#uploadsOf(record, method))
    if (call.isStream && record.id !== undefined) {
      this.#streams ??= new Map()
      this.#streams.set(record.id, call)
    }
    this.calls.add(call)
  }

  #uploadsOf({ streamIds }: Invocation, method: HubMethod | undefined): readonly Upload[] {
    // The call fails if there are more or fewer than the method takes.
    if (method === undefined || method.streams !== streamIds.length) return []
    const { limits, detailedErrors } = this.hub
    this.#uploads ??= new Uploads(limits.maxUploadItems, detailedErrors, () => this.#readOn())
    return this.#uploads.begin(streamIds, method)
  }

  #takeCompletion(record: Completion): void {
    const { id, error } = record
    if (this.#uploads?.end(id, error) === true) return
    if (this.hub.answers.answer(this, record)) return
    this.#cannotRead(new RecordError(`The answer ${id} was asked of another connection.`))
  }

  #cancel(id: string): void {
    const stream = this.#streams?.get(id)
    if (stream !== undefined) {
      stream.cancel()
      // One that waits for its turn ends by itself.
      if (this.#running?.includes(stream)) stream.endWithin(TIME_TO_FINISH)
      return
    }
    // Few calls run at a time, so that none has to be found by its id otherwise.
    for (const call of this.#running ?? []) if (call.id === id) call.cancel()
    for (const call of this.calls.waiting) {
      if (call instanceof RunningCall && call.id === id) call.cancel()
    }
  }

  #takeClose({ error }: Close): void {
    if (this.#phase !== 'open') return
    this.#end = { cause: 'client', error }
    this.#phase = 'leaving'
    this.#writeAside(this.encoding.close(undefined, false))
    closeAs(this.connection, 'client', NORMAL)
  }

  #cannotRead(error: RecordError): void {
    const { detailedErrors } = this.hub
    const isTooLarge = error instanceof RecordTooLargeError
    const detail = detailedErrors || isTooLarge ? ` InvalidDataException: ${error.message}` : ''
    const cause = isTooLarge ? 'message-too-big' : 'protocol-error'
    const text = connectionFailure(undefined, false) + detail
    this.close({ cause, error: error.message }, text, true)
  }

  /** @param why what the client is told */
  #breakOff(cause: HubEnd['cause'], why: string): void {
    this.close({ cause, error: why }, `${connectionFailure(undefined, false)} ${why}`, true)
  }

  #tooMuch(): string {
    const { receiveBufferSize } = this.hub.limits
    return `The client sends faster than its calls are handled (receiveBufferSize is ${receiveBufferSize}).`
  }

  // Ending.

  /** Ends a connection whose client has left, once all is done that it has sent before. */
  #overIfDone(): void {
    if (this.#phase !== 'leaving' || this.connection.isOpen || this.isHeld) return
    if (this.#isBlocked) return
    this.#uploads?.endAll()
    const isIdle = this.#running === undefined || this.#running.length === 0
    if (this.calls.isEmpty && isIdle) this.#over()
  }

  #over(): void {
    if (this.#phase === 'ended') return
    const isCutOff = !this.#isBlocked && (this.#reader?.buffered ?? 0) > 0
    if (isCutOff && this.#end?.error === undefined) {
      this.#end = { cause: this.#end?.cause ?? 'lost', error: CUT_OFF }
    }
    this.#phase = 'ended'
    this.#cancelTimer?.()
    this.#stateful?.end()
    this.#handshake = undefined
    this.calls.drop()
    for (const call of [...(this.#running ?? [])]) call.cancel()
    this.#uploads?.endAll()
    if (!this.#isConnecting) this.#tellDisconnected()
  }

  async #tellDisconnected(): Promise<void> {
    const { disconnected } = this.hub
    if (disconnected !== undefined && this.#isConnected && this.#end !== undefined) {
      try {
        await disconnected(new ConnectionCaller(this), this.#end)
      } catch (error) {
        this.hub.report(error, { connection: this.connection, in: 'disconnected' })
      }
    }
    this.#whenOver?.resolve()
  }
}

/** The close code behind every close record. */
const NORMAL = 1000

/** The version of the protocol from which on clients can reconnect with their state. */
const STATEFUL_VERSION = 2

const CUT_OFF = 'Connection terminated while reading a message.'

const SILENT = "Client hasn't sent a message/ping within the configured ClientTimeoutInterval."
