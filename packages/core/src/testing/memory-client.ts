import { type ClientCertificate, HeaderFields, type ReceivedRequest } from '../address/request.ts'
import { type Message, ownedMessage } from '../connection/message.ts'
import type { Endpoint } from '../endpoint/endpoint.ts'
import { serve } from '../endpoint/serve.ts'
import type { Admission } from '../endpoint/served-endpoint.ts'
import type { Refusal } from '../handshake/refusal.ts'
import {
  fieldLines,
  type GivenHeaders,
  type ResponseHeaders,
  readHeaders,
} from '../handshake/response-headers.ts'
import { encodeText } from '../runtime/bytes.ts'
import { systemClock } from '../runtime/clock.ts'
import { Deferred } from '../runtime/deferred.ts'
import { checkNames, checkObject } from '../runtime/option-error.ts'
import { showNumber } from '../runtime/show.ts'
import { type Arrival, MemoryPipe } from './memory-pipe.ts'

/** Options of {@link MemoryClient.connect}. */
export interface MemoryClientOptions {
  /** The path and query of the request. Default: `/`. */
  readonly url?: string
  /**
   * More header fields: an object, `Headers`, a `Map` or pairs. A field of the handshake with the same name is
   * replaced. Default: none.
   */
  readonly headers?: GivenHeaders
  /** The Origin header. Default: none. */
  readonly origin?: string
  /** Subprotocols to offer, the preferred one first. Default: none. */
  readonly protocols?: readonly string[]
  /** The address of the client. Default: `127.0.0.1`. */
  readonly remoteAddress?: string
  /** Whether the request is made over TLS. Default: `false`. */
  readonly secure?: boolean
  /** The certificate of the client, as if the server had verified it. Default: none. */
  readonly clientCertificate?: ClientCertificate
  /** Whether pings are answered, as by every browser. Default: `true`. */
  readonly answersPings?: boolean
  /** Whether the server's close frame is answered. Default: `true`. */
  readonly answersClose?: boolean
  /** How many bytes the network takes while the client is paused. Default: no limit. */
  readonly networkBuffer?: number
  /** Called with each message as it arrives, instead of keeping it for `message()`. Default: none. */
  readonly onMessage?: (message: Message) => void
  /** Called when the connection has ended. Default: none. */
  readonly onEnd?: () => void
}

/** The endpoint has refused the handshake, or it has another path. */
export class HandshakeRefusedError extends Error {
  /** The refusal. `undefined` when the endpoint has another path. */
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
 * A client in memory, for tests. Its calls reach the session before they return, unless the session has
 * paused reading. Messages for the client are kept in order until `message()` takes them.
 */
export class MemoryClient {
  /** The subprotocol that the server has chosen. Empty for none. */
  readonly protocol: string
  /** The header fields with which `allow` let the client in. */
  readonly headers: ResponseHeaders
  /** Messages that `message()` has not returned yet. */
  readonly #messages: Message[] = []
  /** Calls of `message()` that wait. */
  readonly #readers: Deferred<Message>[] = []
  readonly #pipe: MemoryPipe
  readonly #answersPings: boolean
  readonly #answersClose: boolean
  readonly #onMessage: ((message: Message) => void) | undefined
  readonly #onEnd: (() => void) | undefined
  #isOpen = true
  #close: { readonly code: number; readonly reason: string } | undefined

  /**
   * Connects to an endpoint without a socket. The handshake and the session run as on a server. Give the
   * endpoint a `ManualClock` to control its time.
   *
   * @returns a promise. It rejects with a HandshakeRefusedError when the endpoint refuses the request, and with an
   * OptionError for an unknown option or a header that may not be in a request.
   */
  static connect(endpoint: Endpoint, options: MemoryClientOptions = {}): Promise<MemoryClient> {
    return new Promise((resolve, reject) => {
      checkObject('The second argument of connect', options)
      checkNames(options, OPTIONS)
      const isForEndpoint = serve(endpoint).upgrade(requestOf(options), {
        refuse: (refusal) => reject(new HandshakeRefusedError(refusal)),
        accept(admission) {
          const client = new MemoryClient(admission, options)
          client.#pipe.open(admission.accept(client.#pipe))
          resolve(client)
        },
        wait() {},
      })
      if (!isForEndpoint) reject(new HandshakeRefusedError())
    })
  }

  private constructor(
    { protocol, headers }: Admission,
    {
      answersPings = true,
      answersClose = true,
      networkBuffer = Number.POSITIVE_INFINITY,
      onMessage,
      onEnd,
    }: MemoryClientOptions,
  ) {
    this.protocol = protocol
    this.headers = headers
    this.#answersPings = answersPings
    this.#answersClose = answersClose
    this.#onMessage = onMessage
    this.#onEnd = onEnd
    this.#pipe = new MemoryPipe(networkBuffer, (arrival) => this.#take(arrival))
  }

  /** Whether the connection is open, as far as the client knows. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The code and reason of the server's close frame. `undefined` before it arrives. 1005 stands for no code. */
  get closeFrame(): { readonly code: number; readonly reason: string } | undefined {
    return this.#close
  }

  /** Takes the next message, in order. Rejects when none arrives within 5 seconds of real time. */
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

  /** Sends a pong, also without a ping before it. */
  pong(): void {
    this.#pipe.clientPongs()
  }

  /** Sends a close frame. Only the first call has an effect. Default: a close frame without a code. */
  close(code = 1005, reason = ''): void {
    this.#pipe.clientCloses(code, reason)
  }

  /** Ends the connection without a close frame. For a silent client, call nothing at all. */
  vanish(): void {
    this.#pipe.clientVanishes()
  }

  /** Stops reading from the network. */
  pause(): void {
    this.#pipe.clientPauses()
  }

  /** Reads everything that has waited, and continues to read. */
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
        this.#onEnd?.()
        break
      case 'pong':
        break
    }
  }

  #takeMessage(message: Message): void {
    if (this.#onMessage !== undefined) {
      this.#onMessage(message)
      return
    }
    const reader = this.#readers.shift()
    if (reader === undefined) this.#messages.push(message)
    else reader.resolve(message)
  }
}

/** The names of the options. The type holds that there is each of them. */
const OPTIONS = Object.keys({
  url: true,
  headers: true,
  origin: true,
  protocols: true,
  remoteAddress: true,
  secure: true,
  clientCertificate: true,
  answersPings: true,
  answersClose: true,
  networkBuffer: true,
  onMessage: true,
  onEnd: true,
} satisfies Record<keyof MemoryClientOptions, true>)

/** How long `message()` waits, in milliseconds. */
const PATIENCE = 5_000
const NOTHING = new Uint8Array(0)

function requestOf({
  url = '/',
  headers = {},
  origin,
  protocols = [],
  remoteAddress = '127.0.0.1',
  secure = false,
  clientCertificate,
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
  const given = fieldLines(readHeaders(headers, []))
  for (const [name] of given) fields.delete(name.toLowerCase())
  const requestHeaders = new HeaderFields()
  for (const [name, value] of [...fields, ...given]) requestHeaders.add(name, value)
  const method = 'GET'
  return { method, url, headers: requestHeaders, remoteAddress, secure, clientCertificate }
}
