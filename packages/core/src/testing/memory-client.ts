import { HeaderFields, type ReceivedRequest } from '../address/request.ts'
import { type Message, ownedMessage } from '../connection/message.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { serve } from '../endpoint/serve.ts'
import type { Refusal } from '../handshake/refusal.ts'
import { encodeText } from '../runtime/bytes.ts'
import { systemClock } from '../runtime/clock.ts'
import { Deferred } from '../runtime/deferred.ts'
import { showNumber } from '../runtime/show.ts'
import { type Arrival, MemoryPipe } from './memory-pipe.ts'

/** How a client in memory connects, and what it does by itself. */
export interface MemoryClientOptions {
  /** Path and query. Default: `/`. */
  readonly url?: string
  /** Header fields beside those of the handshake; one of the same name replaces it. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as the Origin header. Default: none. */
  readonly origin?: string
  /** Subprotocols to offer, the preferred one first. Default: none. */
  readonly protocols?: readonly string[]
  /** Default: `127.0.0.1`. */
  readonly remoteAddress?: string
  /** Whether the request comes over TLS. Default: `false`. */
  readonly secure?: boolean
  /** Answer pings, as every browser does. Default: `true`. */
  readonly answersPings?: boolean
  /** Answer the server's close frame. Default: `true`. */
  readonly answersClose?: boolean
  /** Bytes that the network takes while this client does not read. Default: no limit. */
  readonly networkBuffer?: number
}

/** The endpoint refused the handshake, or it is for another path. */
export class HandshakeRefusedError extends Error {
  /** `undefined` when the request was for another path. */
  readonly refusal: Refusal | undefined

  constructor(refusal?: Refusal) {
    super(
      refusal
        ? `The endpoint refused the handshake with ${refusal.status} (${refusal.reason}): ${refusal.body}`
        : 'The endpoint has another path than the request. Set the option url to it.',
    )
    this.name = 'HandshakeRefusedError'
    this.refusal = refusal
  }
}

/**
 * The client's end of a connection in memory. All that it does reaches the session within the call,
 * unless the session has paused; the messages that reach it are kept, in order.
 */
export class MemoryClient {
  /** The subprotocol that the server chose; empty for none. */
  readonly protocol: string
  /** Messages that nobody has asked for yet. */
  readonly #messages: Message[] = []
  /** Who waits for a message. */
  readonly #readers: Deferred<Message>[] = []
  readonly #pipe: MemoryPipe
  readonly #answersPings: boolean
  readonly #answersClose: boolean
  #isOpen = true
  #close: { readonly code: number; readonly reason: string } | undefined

  /**
   * Connects to an endpoint without a socket: the handshake is decided, and the session runs, as on
   * any server. With a `ManualClock` as the endpoint's clock, time passes when the test says so.
   *
   * @throws HandshakeRefusedError when the endpoint does not let the request in.
   */
  static connect(endpoint: Endpoint, options: MemoryClientOptions = {}): Promise<MemoryClient> {
    return new Promise((resolve, reject) => {
      const isForEndpoint = serve(endpoint).upgrade(requestOf(options), {
        refuse: (refusal) => reject(new HandshakeRefusedError(refusal)),
        accept(admission) {
          const client = new MemoryClient(admission.protocol, options)
          client.#pipe.open(admission.accept(client.#pipe))
          resolve(client)
        },
        wait() {},
      })
      if (!isForEndpoint) reject(new HandshakeRefusedError())
    })
  }

  private constructor(
    protocol: string,
    {
      answersPings = true,
      answersClose = true,
      networkBuffer = Number.POSITIVE_INFINITY,
    }: MemoryClientOptions,
  ) {
    this.protocol = protocol
    this.#answersPings = answersPings
    this.#answersClose = answersClose
    this.#pipe = new MemoryPipe(networkBuffer, (arrival) => this.#take(arrival))
  }

  /** Whether the connection has not ended, as far as this end knows. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** What the server's close frame held; `undefined` while none came. The code 1005 stands for none. */
  get closeFrame(): { readonly code: number; readonly reason: string } | undefined {
    return this.#close
  }

  /** The next message, in the order in which they came. Waits five seconds of real time at most. */
  message(): Promise<Message> {
    const message = this.#messages.shift()
    if (message !== undefined) return Promise.resolve(message)
    const reader = new Deferred<Message>()
    this.#readers.push(reader)
    const cancel = systemClock.schedule(() => {
      this.#readers.splice(this.#readers.indexOf(reader), 1)
      reader.reject(new Error(`No message arrived within ${showNumber(PATIENCE)} ms.`))
    }, PATIENCE)
    return reader.promise.finally(cancel)
  }

  /** Sends one message: a string as text, bytes as binary. */
  send(message: Message): void {
    if (typeof message === 'string') this.#pipe.clientSends(encodeText(message), 'text')
    else this.#pipe.clientSends(message, 'binary')
  }

  /** Sends a ping, which the server answers. */
  ping(): void {
    this.#pipe.clientPings(NOTHING)
  }

  /** Sends a pong, asked for or not. */
  pong(): void {
    this.#pipe.clientPongs()
  }

  /** Sends a close frame, once; without a code an empty one. */
  close(code = 1005, reason = ''): void {
    this.#pipe.clientCloses(code, reason)
  }

  /** Ends the network without a close frame. A client that merely falls silent does nothing at all. */
  vanish(): void {
    this.#pipe.clientVanishes()
  }

  /** Takes nothing more from the network. */
  pause(): void {
    this.#pipe.clientPauses()
  }

  /** Takes all that waited, and reads on. */
  resume(): void {
    this.#pipe.clientResumes()
  }

  #take(arrival: Arrival): void {
    switch (arrival.kind) {
      case 'text':
      case 'binary':
        this.#takeMessage(ownedMessage(arrival.data, arrival.kind))
        break
      case 'ping':
        if (this.#answersPings) this.pong()
        break
      case 'close':
        this.#close = { code: arrival.code, reason: arrival.reason }
        if (this.#answersClose) this.close(arrival.code, arrival.reason)
        break
      case 'end':
        this.#isOpen = false
        break
      case 'pong':
        break
    }
  }

  #takeMessage(message: Message): void {
    const reader = this.#readers.shift()
    if (reader === undefined) this.#messages.push(message)
    else reader.resolve(message)
  }
}

/** Milliseconds that `message()` waits. */
const PATIENCE = 5_000
const NOTHING = new Uint8Array(0)

function requestOf({
  url = '/',
  headers = {},
  origin,
  protocols = [],
  remoteAddress = '127.0.0.1',
  secure = false,
}: MemoryClientOptions): ReceivedRequest {
  const fields = new Map([
    ['host', 'localhost'],
    ['upgrade', 'websocket'],
    ['connection', 'Upgrade'],
    ['sec-websocket-version', '13'],
    ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ])
  if (origin !== undefined) fields.set('origin', origin)
  if (protocols.length > 0) fields.set('sec-websocket-protocol', protocols.join(', '))
  for (const [name, value] of Object.entries(headers)) fields.set(name.toLowerCase(), value)
  const requestHeaders = new HeaderFields()
  for (const [name, value] of fields) requestHeaders.add(name, value)
  return { method: 'GET', url, headers: requestHeaders, remoteAddress, secure }
}
