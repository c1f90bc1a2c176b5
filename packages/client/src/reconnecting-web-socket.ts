/// <reference lib="esnext.disposable" preserve="true" />

import { checkClose } from './close.ts'
import {
  closeEvent,
  EVENT_TYPES,
  messageEvent,
  plainEvent,
  type SocketEvents,
  type SocketEventTarget,
} from './events.ts'
import { type Heartbeat, startHeartbeat, type Uncertain } from './heartbeat.ts'
import { type Data, type Sendable, sendable } from './message.ts'
import { MessageQueue, NEVER } from './message-queue.ts'
import { optionError } from './option-error.ts'
import {
  type AbortSignalLike,
  checkNumber,
  type ReconnectingWebSocketOptions,
  type ResolvedOptions,
  resolveOptions,
  type SendOptions,
} from './options.ts'
import type { Platform } from './platform.ts'
import type { ProtocolsSource, Source, Url, UrlSource } from './source.ts'
import type { Loss, LossCause, Phase, Status } from './status.ts'
import { watch } from './wake.ts'
import type { SocketEvent, WebSocketLike } from './web-socket.ts'

// Web standards that every runtime has; see clock.ts on why they are declared here.
interface AbortControllerLike {
  readonly signal: Platform<'AbortSignal', AbortSignalLike>
  abort(): void
}
declare const EventTarget: new () => SocketEventTarget
declare const AbortController: new () => AbortControllerLike
declare function queueMicrotask(callback: () => void): void

type Handler<Type extends keyof SocketEvents> = ((event: SocketEvents[Type]) => void) | null

const CONSTANTS = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 }
/** The states with a ready state from 1. All others have 0. */
const READY_STATES = ['open', 'closing', 'closed']

/**
 * A WebSocket that connects again after a loss. It has the interface of the browser's `WebSocket`. It is one
 * object from the first attempt to the end of the last connection.
 *
 *     connecting ──► open ──► closing ──► closed
 *        ▲  │          │                     ▲
 *        │  ▼          │                     │
 *      waiting ◄───────┘ ────────────────────┘
 *
 * - `open` is dispatched for every connection, before the messages in the queue are sent. Messages that a
 *   listener of `open` sends go first.
 * - `close` is dispatched once, at the end. A loss before that is reported by `statuschange`.
 * - A message is sent once. It is never sent again on another connection.
 */
export class ReconnectingWebSocket extends EventTarget {
  declare static readonly CONNECTING: 0
  declare static readonly OPEN: 1
  declare static readonly CLOSING: 2
  declare static readonly CLOSED: 3
  declare readonly CONNECTING: 0
  declare readonly OPEN: 1
  declare readonly CLOSING: 2
  declare readonly CLOSED: 3

  declare onopen: Handler<'open'>
  declare onmessage: Handler<'message'>
  declare onerror: Handler<'error'>
  declare onclose: Handler<'close'>
  declare onstatuschange: Handler<'statuschange'>
  declare onuncertain: Handler<'uncertain'>
  declare onexpired: Handler<'expired'>

  /** Closes the socket, and resolves when it has ended. Only on runtimes with `Symbol.asyncDispose`. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>

  static {
    const { prototype } = ReconnectingWebSocket
    Object.assign(ReconnectingWebSocket, CONSTANTS)
    const dispose = Symbol.asyncDispose && {
      async [Symbol.asyncDispose](this: ReconnectingWebSocket) {
        this.close()
        if (this.readyState < 3) {
          await new Promise((resolve) => this.addEventListener('close', resolve))
        }
      },
    }
    Object.assign(prototype, CONSTANTS, dispose)
  }

  readonly #source: UrlSource
  readonly #protocols: ProtocolsSource
  readonly #options: ResolvedOptions
  /** The messages that wait for a connection. */
  readonly #queue: MessageQueue
  #binaryType: 'blob' | 'arraybuffer' = 'blob'
  #url = ''
  /** The current connection or attempt. Events of others are ignored. */
  #socket: WebSocketLike | undefined
  #heartbeat: Heartbeat | undefined
  /** Aborts what makes the URL and the subprotocols of the current attempt. */
  #attempt: AbortControllerLike | undefined
  /** Cancels the only timer: that of the attempt, of the delay or of the closing. */
  #cancelTimer: (() => void) | undefined
  #failures = 0
  readonly #health = { roundTripTime: undefined as number | undefined, losses: 0, downtime: 0 }
  // Never visible: the constructor sets another status.
  #status = { state: 'connecting' } as Status
  /** When the current state began. */
  #since = 0
  /** Removes the listeners of the signal, the network and the page. */
  #end: AbortControllerLike | undefined

  /**
   * Starts to connect, unless `startClosed` is set.
   *
   * @param url a URL, or a function that makes it for each attempt. When the function throws or rejects, the
   * attempt has failed.
   * @param protocols subprotocols (RFC 6455, section 1.9), or a function that makes them for each attempt.
   * Default: none.
   * @param options see {@link ReconnectingWebSocketOptions}
   * @throws TypeError for a wrong or unknown option.
   * @throws SyntaxError, from the WebSocket, for a wrong URL or wrong subprotocols that no function makes.
   */
  constructor(
    url: UrlSource,
    protocols: ProtocolsSource = [],
    options: ReconnectingWebSocketOptions = {},
  ) {
    super()
    this.#source = url
    this.#protocols = protocols
    this.#options = resolveOptions(options)
    this.#queue = new MessageQueue(this.#options.maxQueueSize)
    for (const type of EVENT_TYPES) {
      // Each handler takes the events of its type.
      const handler = `on${type}` as 'onopen'
      this[handler] = null
      this.addEventListener(type, (event) => this[handler]?.(event as never))
    }

    const { signal, startClosed } = this.#options
    if (!startClosed) {
      // At once, so that the constructor throws for a wrong URL.
      const isMade = typeof url === 'function' || typeof protocols === 'function'
      if (!isMade && !signal?.aborted) this.#dial(url, protocols)
      this.#begin()
    }
    if (startClosed || signal?.aborted) this.#lose('client')
    else this.#connect()
  }

  /** The state of the socket, and figures of its connection. A new object after each change. */
  get status(): Status {
    return this.#status
  }

  /** CONNECTING (0), OPEN (1), CLOSING (2) or CLOSED (3). CONNECTING also between two attempts. */
  get readyState(): 0 | 1 | 2 | 3 {
    // An index, or -1, and 1.
    return (READY_STATES.indexOf(this.#status.state) + 1) as 0 | 1 | 2 | 3
  }

  /** The URL of the last attempt. Empty until a function has made the first one. */
  get url(): string {
    return this.#url
  }

  /** The subprotocol of the current connection. Empty when there is none. */
  get protocol(): string {
    return this.#socket?.protocol ?? ''
  }

  /** The extensions of the current connection. Empty when there are none. */
  get extensions(): string {
    return this.#socket?.extensions ?? ''
  }

  /** The number of bytes that wait for a connection or for the network. */
  get bufferedAmount(): number {
    return this.#queue.bytes + (this.#socket?.bufferedAmount ?? 0)
  }

  /** The type of received binary messages: `'blob'` or `'arraybuffer'`. Default: `'blob'`. */
  get binaryType(): 'blob' | 'arraybuffer' {
    return this.#binaryType
  }

  set binaryType(type: 'blob' | 'arraybuffer') {
    this.#binaryType = type
    if (this.#socket !== undefined) this.#socket.binaryType = type
  }

  /**
   * Sends a message, or keeps it in the queue until there is a connection. Does nothing after `close()`, as in
   * every WebSocket.
   *
   * @throws RangeError when there is no connection and the queue is full.
   * @throws TypeError for what is no message, and for the text of `heartbeatMessage`, whose answer would count as
   * that of a heartbeat.
   */
  send(data: Data, { expiresAfter }: SendOptions = {}): void {
    const { clock, heartbeatMessage, maxQueueSize } = this.#options
    const message = sendable(data)
    if (data === heartbeatMessage) throw optionError('data', data, 'other than heartbeatMessage')
    if (expiresAfter !== undefined) checkNumber('expiresAfter', expiresAfter, 1)
    if (this.#canSend) this.#hand(message)
    else if (this.readyState < 2) {
      this.#report('expired', this.#queue.take(clock.now()))
      if (this.#queue.push(message, clock.now() + (expiresAfter ?? NEVER))) return
      throw new RangeError(
        `The queue is full (maxQueueSize is ${maxQueueSize}). Wait for the open event.`,
      )
    }
  }

  /**
   * Takes all messages back that wait for a connection. What a connection has been handed already is sent.
   *
   * @returns the messages, in order
   */
  clearQueue(): readonly Data[] {
    return this.#queue.take()
  }

  /**
   * Ends the socket, with a closing handshake when there is a connection. It does not connect again.
   *
   * @param code 1000 or 3000 to 4999 (RFC 6455, section 7.4.2). Default: none.
   * @param reason at most 123 bytes of UTF-8. Default: empty.
   * @throws TypeError for another code and for a longer reason. The socket stays as it was.
   */
  close(code?: number, reason?: string): void {
    checkClose(code, reason)
    const socket = this.#socket
    // Not when the policy closes a socket whose connection was lost.
    if (this.readyState === 1 && socket !== undefined) {
      this.#heartbeat?.finish()
      this.#schedule(this.#options.closeTimeout, () => this.#lose('client'))
      this.#setStatus({ state: 'closing' })
      socket.close(code, reason)
    } else if (this.readyState < 2) this.#lose('client')
  }

  /**
   * Makes a new attempt at once, in every state. A connection that is open is closed, without a `close` event; an
   * attempt is given up; a socket that has ended begins anew. The delays begin anew too. Does nothing when the
   * signal has aborted.
   */
  reconnect(): void {
    if (this.#options.signal?.aborted) return
    if (this.readyState === 3) this.#begin()
    const uncertain = this.#drop()
    this.#failures = 0
    this.#connect()
    this.#report('uncertain', uncertain?.messages)
  }

  #begin(): void {
    const { clock, signal } = this.#options
    this.#end = new AbortController()
    signal?.addEventListener('abort', () => this.close(), this.#end)
    watch(clock, this.#end.signal, (wasAway) => this.#look(wasAway))
  }

  #look(wasAway: boolean): void {
    const { clock, closeTimeout } = this.#options
    const { state } = this.#status
    if (state === 'open') {
      if (wasAway) this.#heartbeat?.look(true)
      // The server has closed, and nothing tells when its connection ends.
      if (!this.#canSend && this.#cancelTimer === undefined) {
        this.#schedule(closeTimeout, () => this.#lose('lost'))
      }
    } else if (wasAway) {
      this.#failures = 0
      // Several events tell of one return.
      const isHung = state === 'connecting' && clock.now() - this.#since >= 1_000
      if (state === 'waiting' || isHung) {
        this.#drop()
        this.#connect()
      }
    }
  }

  #connect(): void {
    this.#attempt = new AbortController()
    const { signal } = this.#attempt
    this.#schedule(this.#options.connectTimeout, () => this.#lose('timeout'))
    if (this.#socket === undefined) {
      const make = async <Value extends Url | string[]>(source: Source<Value>) =>
        typeof source === 'function' ? source(signal) : source
      Promise.all([make(this.#source), make(this.#protocols)])
        .then(([url, protocols]) => {
          if (!signal.aborted) this.#dial(url, protocols)
        })
        .catch((error) => {
          if (!signal.aborted) this.#lose('url', { error })
        })
    }
    this.#setStatus({ state: 'connecting', attempt: this.#failures + 1 })
  }

  #dial(url: Url, protocols: string | string[]): void {
    const socket = new this.#options.WebSocket(String(url), protocols)
    this.#socket = socket
    this.#url = socket.url
    socket.binaryType = this.#binaryType
    let told: Partial<Loss> = {}
    const on = (type: string, listener: (event: SocketEvent) => void): void => {
      socket.addEventListener(type, (event: SocketEvent) => {
        if (this.#socket === socket) listener(event)
      })
    }
    on('open', () => this.#open(socket))
    on('message', (event) => {
      const isAnswer = this.#heartbeat?.heard(event.data)
      if (!isAnswer && this.readyState === 1) this.dispatchEvent(messageEvent('message', event))
    })
    on('error', ({ error, message }) => {
      // Such as "Unexpected server response: 401", except in browsers.
      const httpStatus = Number(message?.split(': ').pop()) || undefined
      told = { error, httpStatus }
      // An attempt that failed has nothing more to tell, and undici 6 leaves its close event out. After an
      // open connection the close event has the code.
      if (this.#status.state === 'connecting') this.#lose('lost', told)
    })
    on('close', ({ code, reason, wasClean }) => {
      // Deno has 0 where others have 1006.
      const known = code || 1006
      const cause = known === 1006 ? 'lost' : 'server'
      this.#lose(cause, { ...told, code: known, reason, wasClean })
    })
  }

  #open(socket: WebSocketLike): void {
    const options = this.#options
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (options.heartbeatMessage || options.serverTimeout) {
      const onAnswer = (roundTripTime: number) => {
        this.#health.roundTripTime = roundTripTime
        this.#setStatus(this.#status)
      }
      const onExpire = () => this.#lose('heartbeat')
      this.#heartbeat = startHeartbeat(options, socket, onAnswer, onExpire)
    }
    this.#setStatus({ state: 'open' })
    if (this.#canSend) this.dispatchEvent(plainEvent('open'))
    for (const entry of this.#queue) {
      if (!this.#canSend) return
      this.#hand(this.#queue.pull(entry))
    }
  }

  /** Whether a message can be sent. The connection may begin to close before its event. */
  get #canSend(): boolean {
    return this.#status.state === 'open' && this.#socket?.readyState === 1
  }

  #hand(data: Sendable): void {
    const sender = this.#heartbeat ?? this.#socket
    sender?.send(data)
  }

  /** Ends the connection or the attempt. Nothing more of it is heard. */
  #drop(): Uncertain | undefined {
    const socket = this.#socket
    const uncertain = this.#heartbeat?.stop()
    this.#cancelTimer?.()
    this.#attempt?.abort()
    this.#cancelTimer = this.#heartbeat = this.#socket = undefined
    socket?.close()
    // Otherwise a socket waits for a server that is gone, and holds the process. Browsers do not.
    socket?.terminate?.()
    return uncertain
  }

  /** Ends the connection or the attempt, and then waits for the next one or ends the socket. */
  #lose(cause: LossCause, told: Partial<Loss> = {}): void {
    const status = this.#status
    const { clock, baseDelay, maxDelay, minUptime, shouldReconnect } = this.#options
    const now = clock.now()
    const isOurs = cause === 'client' || status.state === 'closing'
    const uncertain = this.#drop()
    if (!isOurs) {
      if (status.state === 'open') {
        this.#health.losses++
        if (now - this.#since >= minUptime) this.#failures = 0
      }
      this.#failures++
    }
    const loss: Loss = {
      code: 1006,
      reason: '',
      wasClean: false,
      ...told,
      cause: isOurs ? 'client' : cause,
      failures: this.#failures,
      forgotten: uncertain?.forgotten ?? 0,
    }
    let isRetried = false
    try {
      isRetried = !isOurs && shouldReconnect(loss)
    } finally {
      // The policy may have called close() or reconnect() itself.
      if (this.#status === status) {
        if (isRetried) {
          // Full jitter: clients that have lost a server together do not come back at the same moment.
          const longest = Math.min(maxDelay, baseDelay * 2 ** (this.#failures - 1))
          // At once where the connection was lost while this side was away, which is told late.
          const delay = uncertain?.isAsked ? 0 : Math.random() * longest
          this.#schedule(delay, () => this.#connect())
          this.#setStatus({ state: 'waiting', retryAt: now + delay, ...loss })
        } else {
          this.#end?.abort()
          this.#setStatus({ state: 'closed', unsent: this.#queue.take(), ...loss })
          // Not within a call of close(), and after the uncertain messages. A socket that starts closed has
          // not ended.
          if (this.#end)
            queueMicrotask(() => {
              if (!isOurs && !loss.wasClean) this.dispatchEvent(plainEvent('error'))
              this.dispatchEvent(closeEvent(loss))
            })
        }
      }
      this.#report('uncertain', uncertain?.messages)
    }
  }

  #report(type: 'uncertain' | 'expired', messages: readonly Data[] = []): void {
    for (const data of messages) this.dispatchEvent(messageEvent(type, { data }))
  }

  #schedule(delay: number, callback: () => void): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#options.clock.schedule(callback, delay)
  }

  #setStatus(phase: Phase): void {
    const now = this.#options.clock.now()
    // There was a connection before, and there is none now.
    if (this.#health.losses > 0 && this.readyState === 0) this.#health.downtime += now - this.#since
    // Another round-trip time begins no other state.
    if (phase.state !== 'open' || this.#status.state !== 'open') this.#since = now
    this.#status = Object.freeze({ ...phase, ...this.#health })
    this.dispatchEvent(plainEvent('statuschange'))
    this.#report('expired', this.#queue.take(now))
  }
}
