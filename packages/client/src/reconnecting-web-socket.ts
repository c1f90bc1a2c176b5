/// <reference lib="esnext.disposable" preserve="true" />

import { checkClose } from './close.ts'
import {
  closeEvent,
  messageEvent,
  plainEvent,
  type SocketEvents,
  type SocketEventTarget,
} from './events.ts'
import { type Heartbeat, startHeartbeat } from './heartbeat.ts'
import type { Data } from './message.ts'
import { MessageQueue, NEVER } from './message-queue.ts'
import {
  type AbortSignalLike,
  checked,
  optionError,
  type ReconnectingWebSocketOptions,
  type ResolvedOptions,
  resolveOptions,
  type SendOptions,
} from './options.ts'
import { backoffDelay } from './retry-policy.ts'
import type { Loss, LossCause, Phase, Status } from './status.ts'
import { onWake } from './wake.ts'
import type { SocketEvent, WebSocketLike } from './web-socket.ts'

// Web standards that every runtime has; see clock.ts on why they are declared here.
declare const EventTarget: new () => SocketEventTarget
declare const AbortController: new () => { readonly signal: AbortSignalLike; abort(): void }
declare const DOMException: new (message: string, name: string) => Error

/** A string, or a `URL`. */
export type Url = string | { readonly href: string; toString(): string }
/** A URL, or a function that makes one for each attempt, for example with a new token. */
export type UrlSource = Url | (() => Url | PromiseLike<Url>)

type Handler<Type extends keyof SocketEvents> = ((event: SocketEvents[Type]) => void) | null

const EVENT_TYPES = [
  'open',
  'message',
  'error',
  'close',
  'statuschange',
  'uncertain',
  'expired',
] as const
const CONSTANTS = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 }
const READY_STATES = { connecting: 0, waiting: 0, open: 1, closing: 2, closed: 3 } as const

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
    Object.assign(prototype, CONSTANTS)
    if (Symbol.asyncDispose) {
      Object.assign(prototype, {
        async [Symbol.asyncDispose](this: ReconnectingWebSocket) {
          this.close()
          if (this.readyState < 3) {
            await new Promise((resolve) => this.addEventListener('close', resolve))
          }
        },
      })
    }
  }

  readonly #source: () => Url | PromiseLike<Url>
  readonly #protocols: string | string[]
  readonly #options: ResolvedOptions
  /** The messages that wait for a connection. */
  readonly #queue: MessageQueue
  #binaryType: 'blob' | 'arraybuffer' = 'blob'
  #url = ''
  /** The current connection or attempt. Events of others are ignored. */
  #socket: WebSocketLike | undefined
  #heartbeat: Heartbeat | undefined
  /** Cancels the only timer: that of the attempt, of the delay or of the closing. */
  #cancelTimer: (() => void) | undefined
  #failures = 0
  #losses = 0
  #downtime = 0
  #roundTripTime: number | undefined
  // Never visible: the constructor sets another status.
  #status = { state: 'connecting' } as Status
  /** When the current state began. */
  #since = 0
  /** Removes the listeners of the signal, the network and the page. */
  readonly #end = new AbortController()

  /**
   * Starts to connect.
   *
   * @param url a URL, or a function that makes it for each attempt. When the function throws or rejects, the
   * attempt has failed.
   * @param protocols subprotocols (RFC 6455, section 1.9). Default: none.
   * @param options see {@link ReconnectingWebSocketOptions}
   * @throws TypeError for a wrong or unknown option.
   * @throws SyntaxError, from the WebSocket, for a wrong URL or wrong subprotocols.
   */
  constructor(
    url: UrlSource,
    protocols: string | string[] = [],
    options: ReconnectingWebSocketOptions = {},
  ) {
    super()
    this.#source = typeof url === 'function' ? url : () => url
    this.#protocols = protocols
    this.#options = resolveOptions(options)
    this.#queue = new MessageQueue(this.#options.maxQueueSize)
    for (const type of EVENT_TYPES) {
      // Each handler takes the events of its type.
      const handler = `on${type}` as 'onopen'
      this[handler] = null
      this.addEventListener(type, (event) => this[handler]?.(event as never))
    }

    const { signal } = this.#options
    if (signal?.aborted) this.#lose('client')
    else {
      // At once, so that the constructor throws for a wrong URL.
      if (typeof url !== 'function') this.#dial(url)
      this.#connect()
      const end = { signal: this.#end.signal }
      signal?.addEventListener('abort', () => this.close(), end)
      onWake(() => {
        if (this.#status.state === 'waiting') this.#connect()
      }, end)
    }
  }

  /** The state of the socket, and figures of its connection. A new object after each change. */
  get status(): Status {
    return this.#status
  }

  /** CONNECTING (0), OPEN (1), CLOSING (2) or CLOSED (3). CONNECTING also between two attempts. */
  get readyState(): 0 | 1 | 2 | 3 {
    return READY_STATES[this.#status.state]
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
   * @throws DOMException with the name InvalidStateError when there is no connection and the queue is full.
   * @throws TypeError for the text of `heartbeatMessage`, whose answer would count as that of a heartbeat.
   */
  send(data: Data, { expiresAfter }: SendOptions = {}): void {
    const { clock, heartbeatMessage, maxQueueSize } = this.#options
    if (data === heartbeatMessage) throw optionError('data', data, 'other than heartbeatMessage')
    if (expiresAfter !== undefined) checked({ expiresAfter }, 1)
    if (this.#canSend) this.#hand(data)
    else if (this.readyState < 2) {
      const mark = { expiresAt: clock.now() + (expiresAfter ?? NEVER) }
      if (this.#queue.push(data, mark)) return
      this.#expire()
      if (this.#queue.push(data, mark)) return
      throw new DOMException(
        `The queue is full (maxQueueSize is ${maxQueueSize}). Wait for the open event.`,
        'InvalidStateError',
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
   * @throws DOMException with the name InvalidAccessError for another code, SyntaxError for a longer reason.
   * The socket stays as it was.
   */
  close(code?: number, reason?: string): void {
    checkClose(code, reason)
    const socket = this.#socket
    const { state } = this.#status
    if (state === 'open' && socket !== undefined) {
      this.#heartbeat?.finish()
      this.#schedule(this.#options.closeTimeout, () => this.#lose('client'))
      this.#setStatus({ state: 'closing' })
      socket.close(code, reason)
    } else if (this.readyState < 2) this.#lose('client')
  }

  #connect(): void {
    const attempt = this.#schedule(this.#options.connectTimeout, () => this.#lose('timeout'))
    if (this.#socket === undefined) {
      Promise.resolve()
        .then(this.#source)
        .then((url) => {
          if (this.#cancelTimer === attempt) this.#dial(url)
        })
        .catch((error) => {
          if (this.#cancelTimer === attempt) this.#lose('url', { error })
        })
    }
    this.#setStatus({ state: 'connecting', attempt: this.#failures + 1 })
  }

  #dial(url: Url): void {
    const socket = new this.#options.WebSocket(String(url), this.#protocols)
    this.#socket = socket
    this.#url = socket.url
    socket.binaryType = this.#binaryType
    let error: unknown
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
    on('error', (event) => {
      error = event.error
      // An attempt that failed has nothing more to tell, and undici 6 leaves its close event out. After an
      // open connection the close event has the code.
      if (this.#status.state === 'connecting') this.#lose('lost', { error })
    })
    on('close', ({ code, reason, wasClean }) => {
      // Deno has the code 0 where others have 1006.
      if (code && code !== 1006) this.#lose('server', { code, reason, wasClean, error })
      else this.#lose('lost', { error })
    })
  }

  #open(socket: WebSocketLike): void {
    const options = this.#options
    this.#cancelTimer?.()
    if (options.heartbeatMessage || options.serverTimeout) {
      this.#heartbeat = startHeartbeat(options, {
        beat: (message) => socket.send(message),
        answered: (roundTripTime) => {
          this.#roundTripTime = roundTripTime
          this.#setStatus(this.#status)
        },
        expire: () => this.#lose('heartbeat'),
      })
    }
    this.#setStatus({ state: 'open' })
    if (this.#canSend) this.dispatchEvent(plainEvent('open'))
    while (this.#canSend) {
      const entry = this.#queue.shift()
      if (entry === undefined) return
      this.#hand(entry.data)
    }
  }

  /** Whether a message can be sent. The connection may begin to close before its event. */
  get #canSend(): boolean {
    return this.#status.state === 'open' && this.#socket?.readyState === 1
  }

  #hand(data: Data): void {
    this.#socket?.send(data)
    this.#heartbeat?.said(data)
  }

  /** Ends the connection or the attempt, and then waits for the next one or ends the socket. */
  #lose(cause: LossCause, told: Partial<Loss> = {}): void {
    const socket = this.#socket
    const { state } = this.#status
    const { clock, baseDelay, maxDelay, shouldRetry } = this.#options
    const now = clock.now()
    const unconfirmed = this.#heartbeat?.unconfirmed
    const isOurs = cause === 'client' || state === 'closing'
    this.#cancelTimer?.()
    this.#heartbeat?.stop()
    this.#cancelTimer = this.#heartbeat = this.#socket = undefined
    if (!isOurs) {
      this.#failures++
      if (state === 'open') {
        this.#losses++
        if (now - this.#since > maxDelay) this.#failures = 1
      }
    }
    const loss: Loss = {
      code: 1006,
      reason: '',
      wasClean: false,
      ...told,
      cause: isOurs ? 'client' : cause,
      failures: this.#failures,
      forgotten: unconfirmed?.forgotten ?? 0,
    }
    // The connection may be dead, so its answer is not waited for.
    socket?.close()
    let isRetried = false
    try {
      isRetried = !isOurs && shouldRetry(loss)
    } finally {
      // The policy may have closed the socket itself.
      if (this.readyState < 3) {
        if (isRetried) {
          const delay = backoffDelay(this.#failures - 1, baseDelay, maxDelay)
          this.#schedule(delay, () => this.#connect())
          this.#setStatus({ state: 'waiting', retryAt: now + delay, ...loss })
        } else {
          this.#end.abort()
          this.#setStatus({ state: 'closed', unsent: this.#queue.take(), ...loss })
          // Not within a call of close(), and after the uncertain messages.
          Promise.resolve().then(() => {
            if (!isOurs && !loss.wasClean) this.dispatchEvent(plainEvent('error'))
            this.dispatchEvent(closeEvent(loss))
          })
        }
      }
      this.#report('uncertain', unconfirmed?.take())
    }
  }

  #expire(): void {
    this.#report('expired', this.#queue.take(this.#options.clock.now()))
  }

  #report(type: 'uncertain' | 'expired', messages: readonly Data[] = []): void {
    for (const data of messages) this.dispatchEvent(messageEvent(type, { data }))
  }

  #schedule(delay: number, callback: () => void): () => void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#options.clock.schedule(callback, delay)
    return this.#cancelTimer
  }

  #setStatus(phase: Phase): void {
    const now = this.#options.clock.now()
    // There was a connection before, and there is none now.
    if (this.#losses > 0 && this.readyState === 0) this.#downtime += now - this.#since
    if (phase.state !== this.#status.state) this.#since = now
    this.#status = Object.freeze({
      ...phase,
      roundTripTime: this.#roundTripTime,
      losses: this.#losses,
      downtime: this.#downtime,
    })
    this.dispatchEvent(plainEvent('statuschange'))
    this.#expire()
  }
}
