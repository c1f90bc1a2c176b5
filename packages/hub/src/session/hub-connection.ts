import type { Bytes, CloseEvent, Connection, SendResult } from '@wirebeat/core'
import {
  checkFlag,
  checkNames,
  checkObject,
  closeAs,
  Deferred,
  isThenable,
  reconnectableOf,
} from '@wirebeat/core/extension'
import type { Answers } from '../clients/recipient.ts'
import type { DisconnectOptions } from '../definition/call.ts'
import { HubError } from '../errors/hub-error.ts'
import type { Encoded, HubEncoding } from '../protocol/encoding.ts'
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
  RecordError,
  RecordTooLargeError,
} from '../protocol/record.ts'
import { callAt } from './call-at.ts'
import { type CallingOwner, ClientCalls } from './client-calls.ts'
import { ConnectionCaller } from './connection-caller.ts'
import { connectionFailure } from './failure-text.ts'
import type { HubEnd, HubEnvironment } from './hub-environment.ts'
import { Reading, type ReadingOwner } from './reading.ts'
import { StatefulReconnect } from './stateful-reconnect.ts'

/** How long what a client has sent before it left may take, in milliseconds. */
const TIME_TO_FINISH = 5_000

/**
 * `handshake`: nothing may be sent. `open`. `leaving`: the client has closed, and what it has sent before is still
 * done. `closing`: nothing more is done. `ended`.
 */
type Phase = 'handshake' | 'open' | 'leaving' | 'closing' | 'ended'

/** One connection of a hub, from its handshake to its end: gives each record to whom it concerns. */
export class HubConnection implements CallingOwner, ReadingOwner {
  readonly hub: HubEnvironment
  readonly connection: Connection
  readonly calls: ClientCalls
  userId: string | undefined = undefined
  #phase: Phase = 'handshake'
  #handshake: HandshakeReader | undefined
  #encoding: HubEncoding | undefined = undefined
  #reading: Reading | undefined = undefined
  /** Where the client has agreed on it. */
  #stateful: StatefulReconnect | undefined = undefined
  #cancelTimer: (() => void) | undefined
  #groups: Set<string> | undefined = undefined
  #items: Map<string, unknown> | undefined = undefined
  #drain: Deferred<void> | undefined = undefined
  #end: HubEnd | undefined = undefined
  /** Made when somebody waits for the end. */
  #whenOver: Deferred<void> | undefined = undefined
  /** `connected` of the application has not returned yet. */
  #isConnecting = false
  /** `connected` has not failed, so `disconnected` is called. */
  #isConnected = false

  constructor(hub: HubEnvironment, connection: Connection) {
    const { limits, encodings, detailedErrors } = hub
    this.hub = hub
    this.connection = connection
    this.calls = new ClientCalls(this)
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
    if (this.#phase !== 'open' || this.#reading === undefined) return
    if (this.#reading.isOverfull) this.#breakOff('slow-consumer', this.#tooMuch())
    else this.#reading.push(data)
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
    // Of what anybody else has sent before the end nothing more is done.
    if (this.#phase === 'leaving') this.#reading?.read()
    if (
      this.#phase !== 'leaving' ||
      (this.calls.queue.isEmpty && this.#reading?.isBlocked !== true)
    ) {
      this.#over()
      return
    }
    this.#cancelTimer?.()
    this.#cancelTimer = this.hub.clock.schedule(() => this.#over(), TIME_TO_FINISH)
    this.calls.cancelStreams()
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
    this.calls.queue.lend()
    this.#reading?.read()
  }

  takeSlotBack(): void {
    this.calls.queue.takeBack()
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

  callEnded(): void {
    this.#overIfDone()
  }

  hasRoom(): void {
    this.#reading?.readOn()
  }

  refuse(why: string): void {
    this.#breakOff('protocol-error', why)
  }

  drained(): Promise<void> {
    if (!this.connection.isOpen) return Promise.resolve()
    this.#drain ??= new Deferred()
    // It may take an acknowledgement, which has to be read.
    if (this.#stateful !== undefined) this.#reading?.read()
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
    return isOver || this.#isConnecting || this.#reading?.awaitsTurn === true
  }

  begun(): void {
    this.#reading?.takeTurn()
    this.#reading?.readOn()
  }

  // For the reading of its records.

  get isOpen(): boolean {
    return this.#phase === 'open'
  }

  get isLeaving(): boolean {
    return this.#phase === 'leaving'
  }

  get isFull(): boolean {
    return this.calls.isFull || !(this.isOpen || this.isLeaving)
  }

  turnCame(): void {
    this.calls.queue.start()
    this.#reading?.read()
    this.#overIfDone()
  }

  handle(record: Incoming): void {
    switch (record.kind) {
      case 'invocation':
      case 'stream-invocation':
        this.calls.take(record)
        break
      case 'stream-item':
        this.calls.takeItem(record)
        break
      case 'completion':
        this.#takeCompletion(record)
        break
      case 'cancel':
        this.calls.cancel(record.id)
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

  cannotRead(error: RecordError): void {
    const { detailedErrors } = this.hub
    const isTooLarge = error instanceof RecordTooLargeError
    const detail = detailedErrors || isTooLarge ? ` InvalidDataException: ${error.message}` : ''
    const cause = isTooLarge ? 'message-too-big' : 'protocol-error'
    const text = connectionFailure(undefined, false) + detail
    this.close({ cause, error: error.message }, text, true)
  }

  // Beginning.

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
    // What these throw ends the connection, so that it must not be open yet.
    this.userId = this.hub.userId(this.connection.context)
    const moment = this.#whenExpired()
    this.#phase = 'open'
    this.write(handshake.answer)
    this.#stateful = this.#agreeOnReconnect(handshake)
    const reader = this.#stateful?.reader ?? handshake.reader
    this.#reading = new Reading(this, reader, this.#stateful)
    this.hub.directory.join(this)
    if (moment !== undefined) this.#expireAt(moment)
    this.#connect()
    this.#reading.read()
  }

  #agreeOnReconnect({ version, reader }: AcceptedHandshake): StatefulReconnect | undefined {
    const reconnectable = version >= STATEFUL_VERSION ? reconnectableOf(this.connection) : undefined
    if (reconnectable === undefined) return undefined
    const { clock, limits } = this.hub
    const owner = { connection: this.connection, encoding: this.encoding, clock }
    return new StatefulReconnect(owner, reconnectable, reader, limits.reconnectBufferSize)
  }

  #whenExpired(): Date | number | undefined {
    const moment = this.hub.expiresAt(this.connection.context)
    if (moment !== undefined && Number.isNaN(Number(moment))) {
      throw new TypeError('expiresAt must return a time, got an invalid one.')
    }
    return moment
  }

  #expireAt(moment: Date | number): void {
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
      this.calls.queue.start()
      this.#reading?.readOn()
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

  #takeCompletion(record: Completion): void {
    const { id, error } = record
    if (this.calls.endUpload(id, error)) return
    if (this.hub.answers.answer(this, record)) return
    this.cannotRead(new RecordError(`The answer ${id} was asked of another connection.`))
  }

  #takeClose({ error }: Close): void {
    if (this.#phase !== 'open') return
    this.#end = { cause: 'client', error }
    this.#phase = 'leaving'
    this.#writeAside(this.encoding.close(undefined, false))
    closeAs(this.connection, 'client', NORMAL)
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
    if (this.#reading?.isBlocked === true) return
    this.calls.endUploads()
    if (this.calls.isIdle) this.#over()
  }

  #over(): void {
    if (this.#phase === 'ended') return
    if (this.#reading?.isCutOff === true && this.#end?.error === undefined) {
      this.#end = { cause: this.#end?.cause ?? 'lost', error: CUT_OFF }
    }
    this.#phase = 'ended'
    this.#cancelTimer?.()
    this.#stateful?.end()
    this.#handshake = undefined
    this.calls.end()
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
