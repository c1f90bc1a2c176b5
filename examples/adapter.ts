// An adapter in one file: what a server needs to carry endpoints. The engine below it is ws, as in
// @wirebeat/adapter-ws, which does the same faster, and on servers that others have made.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Duplex, finished, Writable } from 'node:stream'
import type { Endpoint } from '@wirebeat/core'
import {
  type Adapter,
  type Admission,
  type Bytes,
  COMPRESSION_THRESHOLD,
  canonicalAddress,
  checkListenOptions,
  fieldLines,
  HeaderFields,
  type Listening,
  type ListenOptions,
  type MessageType,
  type MissingCapabilities,
  NOT_FOUND,
  type PlainResponse,
  type ReceivedRequest,
  type SendResult,
  serve,
  type Transport,
  type TransportCloseCause,
  type TransportListener,
} from '@wirebeat/core/adapter'
import { type ServerOptions, WebSocket, WebSocketServer } from 'ws'

/** Options that the engine documents and its types lack. */
interface UntypedOptions {
  readonly closeTimeout: number
  readonly maxPendingAutoPongs: number
}

/** What the engine, or this file, cannot do. */
const missing: MissingCapabilities = {
  'plain-requests': {
    reason: 'This file answers them with refusals only.',
    upstream: 'adapter.ts',
  },
  'many-fragments': {
    reason: 'It closes with 1008 when a message has more than 16,384 fragments.',
    upstream: 'lib/receiver.js, maxFragments',
  },
  'hold-turn': {
    reason: 'It delivers all that it has read at once.',
    upstream: 'lib/receiver.js, startLoop(), without the option allowSynchronousEvents',
  },
  'proxy-protocol': {
    reason: 'Node takes the header of the PROXY protocol for a request that is no HTTP.',
    upstream: 'node:http has no option for it',
  },
  tls: {
    reason: 'It makes a server without TLS only, to be short.',
    upstream: 'adapter.ts, listen()',
  },
  'minimal-length': {
    reason: 'It reads a length that takes more bytes than it needs as what it says.',
    upstream: 'lib/receiver.js, getPayloadLength16() and getPayloadLength64()',
  },
}

/** Binds an endpoint to a server that carries nothing else. */
function attach<Host extends Server>(server: Host, endpoint: Endpoint): Host {
  const served = serve(endpoint, missing)
  const { maxMessageSize, closeTimeout, compression } = served.options
  const options: ServerOptions & UntypedOptions = {
    noServer: true,
    maxPayload: maxMessageSize,
    // Core measures the time of every end, so the engine must not.
    closeTimeout: 2 ** 31 - 1,
    // Core bounds what waits, answers to pings among it.
    maxPendingAutoPongs: 0,
    perMessageDeflate: compression && {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      threshold: COMPRESSION_THRESHOLD,
    },
  }
  const engine = new WebSocketServer(options)
  let extra: [name: string, value: string][] = []
  engine.on('headers', (head) => {
    for (const [name, value] of extra) head.push(`${name}: ${value}`)
  })

  function complete(admission: Admission, request: IncomingMessage, socket: Duplex, head: Buffer) {
    // Core has read these as a list; the engine compares the whole.
    request.headers.upgrade = 'websocket'
    // The engine takes the first of each, and refuses empty members.
    setHeader(request, 'sec-websocket-extensions', admission.extension)
    setHeader(request, 'sec-websocket-protocol', admission.protocol)
    extra = fieldLines(admission.headers)
    let isComplete = false
    engine.handleUpgrade(request, socket, head, (webSocket) => {
      isComplete = true
      connect(webSocket, socket, admission)
    })
    // The client has gone away meanwhile: its place is free again.
    if (!isComplete) admission.abandon()
  }

  // A refusal ends the connection, and Node still tells what came behind it in the same packet.
  const refused = new WeakSet<Duplex>()
  server.on('request', (request, response) => {
    if (refused.has(request.socket)) return
    refused.add(request.socket)
    const answer = served.answer(receivedRequest(request)) ?? NOT_FOUND
    // `missing` says that plain requests get nothing else.
    const refusal = typeof answer === 'function' ? NOT_FOUND : answer
    const { status, statusText, headers, body } = refusal
    const fields = { ...headers, Connection: connectionOf(headers) }
    response.writeHead(status, statusText, fieldLines(fields).flat())
    response.end(body)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (refused.has(socket)) {
      socket.on('error', () => socket.destroy())
      return
    }
    let takeHead = (): Buffer => head
    const isOurs = served.upgrade(receivedRequest(request), {
      // ws and zlib can, and not every engine.
      canLimitWindow: true,
      refuse(refusal) {
        takeHead()
        refuse(request, socket, refusal, closeTimeout)
      },
      accept: (admission) => complete(admission, request, socket, takeHead()),
      wait(gone) {
        takeHead = watch(socket, head, gone)
      },
    })
    if (!isOurs) refuse(request, socket, NOT_FOUND, closeTimeout)
  })
  return server
}

/** Makes a server for one endpoint, and listens. */
async function listen(endpoint: Endpoint, options: ListenOptions<Server> = {}): Promise<Listening> {
  const { host, port, configure } = checkListenOptions(options, missing)
  const { handshakeTimeout } = serve(endpoint, missing).options
  const server = createServer({
    headersTimeout: handshakeTimeout,
    requestTimeout: handshakeTimeout,
    connectionsCheckingInterval: Math.ceil(handshakeTimeout / 8),
  })
  attach(server, endpoint)
  await configure?.(server)
  // It rejects when the port is taken.
  await once(server.listen(port, host), 'listening')
  return {
    // It listens on a port, not on a path.
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close()
    },
  }
}

/** The adapter as one value. */
export const adapter: Adapter<Server> = {
  name: 'example',
  engine: 'ws, in one file',
  missing,
  attach,
  listen,
}

// The handshake.

function receivedRequest(request: IncomingMessage): ReceivedRequest {
  const headers = new HeaderFields()
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    headers.add(request.rawHeaders[i] ?? '', request.rawHeaders[i + 1] ?? '')
  }
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    httpVersion: request.httpVersion,
    headers,
    remoteAddress: canonicalAddress(request.socket.remoteAddress ?? ''),
    secure: false,
  }
}

function setHeader({ headers }: IncomingMessage, name: string, value: string): void {
  if (value === '') delete headers[name]
  else headers[name] = value
}

/** Who sends Upgrade must name it here (RFC 9110, section 7.8). */
function connectionOf(headers: PlainResponse['headers']): string {
  return 'Upgrade' in headers ? 'close, Upgrade' : 'close'
}

/** Answers a request whose socket the server has let go of. */
function refuse(
  { method }: IncomingMessage,
  socket: Duplex,
  { status, statusText, headers, body }: PlainResponse,
  patience: number,
): void {
  const fields = {
    ...headers,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: connectionOf(headers),
  }
  const head = [`HTTP/1.1 ${status} ${statusText}`]
  for (const [name, value] of fieldLines(fields)) head.push(`${name}: ${value}`)
  socket.on('error', () => socket.destroy())
  const timer = setTimeout(() => socket.destroy(), patience)
  socket.once('close', () => clearTimeout(timer))
  // Unread bytes would turn the end into a reset that can overtake the answer.
  socket.resume()
  socket.end(`${head.join('\r\n')}\r\n\r\n${method === 'HEAD' ? '' : body}`)
}

/** Bytes that a client may send before it is answered. */
const EARLY_LIMIT = 64 * 1024

/**
 * Reads while `authorize` decides, because nothing else tells that a client has gone away.
 *
 * @returns a function that ends this, and returns what was read.
 */
function watch(socket: Duplex, head: Buffer, onGone: () => void): () => Buffer {
  const chunks = [head]
  let size = head.length
  const keep = (chunk: Buffer): void => {
    chunks.push(chunk)
    size += chunk.length
    if (size > EARLY_LIMIT) socket.pause()
  }
  const destroy = (): void => void socket.destroy()
  socket.on('data', keep).on('end', destroy).on('error', destroy).on('close', onGone)
  return () => {
    socket.off('data', keep).off('end', destroy).off('error', destroy).off('close', onGone)
    socket.resume()
    return Buffer.concat(chunks)
  }
}

// The connection.

/** What Node has of a batch that is being written is told by its handle alone. */
type NodeStream = Duplex & { readonly _handle?: { readonly writeQueueSize?: number } | null }

/** One socket of the engine, as core wants to see it. */
class WsTransport implements Transport {
  /** Set once there is somebody to tell. */
  listener: TransportListener | undefined
  readonly #socket: WebSocket
  readonly #stream: NodeStream
  /** The engine's own. */
  readonly #close: WebSocket['close']
  /** Whether core waits for `drained`. */
  #isBacklogged = false

  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket
    this.#stream = stream
    this.#close = socket.close.bind(socket)
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  get backlog(): number {
    return this.bufferedAmount + (this.#stream._handle?.writeQueueSize ?? 0)
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    if (this.#socket.readyState !== WebSocket.OPEN) return 'closed'
    this.#socket.send(data, { binary: type === 'binary' }, () => this.#onTaken())
    if (this.bufferedAmount === 0) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  ping(): void {
    this.#socket.ping()
  }

  close(code: number, reason: string): void {
    this.#close(code, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  #onTaken(): void {
    if (!this.#isBacklogged || this.bufferedAmount > 0) return
    this.#isBacklogged = false
    this.listener?.drained()
  }
}

function connect(socket: WebSocket, stream: Duplex, admission: Admission): void {
  const transport = new WsTransport(socket, stream)
  const listener = admission.accept(transport)
  transport.listener = listener
  const { close } = socket
  // The engine has no event for the client's close frame. It closes for that itself, and then drops what comes.
  socket.close = (code, reason) => {
    // After a fault there is a code and no reason, and an error.
    const isPeers = code === undefined || reason !== undefined
    if (isPeers) listener.closing('client', code, reason?.toString())
    close.call(socket, code, reason)
    stream.on('data', ({ length }: Buffer) => listener.ignored(length))
  }
  // A client that takes nothing can put off the engine's close event for ever.
  stream.once('end', () => {
    // What came before the end may still be inflated there. No public member, so it may be missing.
    const reader: unknown = Reflect.get(socket, '_receiver')
    const tell = (): void => listener.closing('lost')
    if (reader instanceof Writable) finished(reader, tell)
    else tell()
  })
  socket.on('message', (data: Buffer, isBinary) => {
    listener.message(data, isBinary ? 'binary' : 'text')
  })
  socket.on('ping', () => listener.pinged())
  socket.on('pong', () => listener.ponged())
  // The engine's close event says 1006 after a fault; the truth is in the error.
  socket.on('error', (error: Error & { code?: unknown }) => listener.closing(causeOf(error.code)))
  socket.on('close', (code, reason) => {
    if (code === 1006) listener.closed('lost')
    else listener.closed('client', code, reason.toString())
  })
  listener.opened()
}

function causeOf(code: unknown): TransportCloseCause {
  switch (code) {
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH':
      return 'message-too-big'
    case 'WS_ERR_INVALID_UTF8':
      return 'invalid-data'
    default:
      if (typeof code !== 'string') return 'lost'
      if (code.startsWith('Z_')) return 'invalid-data'
      return code.startsWith('WS_ERR_') ? 'protocol-error' : 'lost'
  }
}
