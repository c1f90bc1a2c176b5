import type { Endpoint } from '@wirebeat/core'
import {
  type Admission,
  fieldLines,
  HeaderFields,
  NOT_FOUND,
  type PlainResponse,
  type ReceivedRequest,
  serve,
} from '@wirebeat/core/adapter'
import { type Arrival, MemoryPipe } from '@wirebeat/core/testing'
import { type ClientFrame, closePayload, Opcode, type ServerFrame } from './frame.ts'
import { acceptValue, type HttpResponse, handshakeRequest } from './http.ts'
import { MemorySocket, NoWireError } from './memory-socket.ts'
import type { RawClient } from './raw-client.ts'
import type { Target, TargetServer } from './target.ts'
import {
  type RequestOptions,
  WebSocketClient,
  type WebSocketClientOptions,
} from './web-socket-client.ts'

/** About what the system takes for two sockets that nobody reads from. */
const NETWORK_BUFFER = 256 * 1024

/** The kit's own transport, for the cases that are about sessions and not about framing. */
export const memoryTarget: Target = {
  name: 'memory',
  missing: {
    wire: {
      reason: 'Messages are handed over whole, without bytes on a wire.',
      upstream: 'memory-pipe.ts',
    },
    'plain-requests': {
      reason: 'There is no HTTP, but for the handshake.',
      upstream: 'memory-pipe.ts',
    },
  },
  serve: async (endpoint) => new MemoryServer(endpoint),
}

class MemoryServer implements TargetServer {
  readonly #endpoint: Endpoint
  readonly #clients: MemoryWebSocketClient[] = []

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint
  }

  connect(): Promise<RawClient> {
    return Promise.reject(new NoWireError('connect without a request'))
  }

  async open(options: RequestOptions & WebSocketClientOptions = {}): Promise<WebSocketClient> {
    const opened = await this.#handshake(options)
    if (opened instanceof MemoryWebSocketClient) return opened
    throw new Error(`the handshake was refused with ${opened.status}: ${opened.body}`)
  }

  async request(options: RequestOptions = {}): Promise<HttpResponse> {
    const opened = await this.#handshake(options)
    return opened instanceof MemoryWebSocketClient ? opened.response : opened
  }

  reset(): void {
    for (const client of this.#clients) client.raw.reset()
  }

  async close(): Promise<void> {}

  #handshake(
    options: RequestOptions & WebSocketClientOptions,
  ): Promise<MemoryWebSocketClient | HttpResponse> {
    return new Promise((resolve) => {
      if (options.early !== undefined) throw new NoWireError('send bytes with its request')
      const { text, key } = handshakeRequest(options)
      const isOurs = serve(this.#endpoint).upgrade(parseRequest(text), {
        refuse: (refusal) => resolve(responseOf(refusal)),
        accept: (admission) => resolve(this.#connect(admission, key, options)),
        // Nobody leaves while the endpoint decides.
        wait() {},
      })
      if (!isOurs) resolve(responseOf(NOT_FOUND))
    })
  }

  #connect(
    admission: Admission,
    key: string,
    options: WebSocketClientOptions,
  ): MemoryWebSocketClient {
    const { protocol, headers } = admission
    const response = responseOf({
      status: 101,
      statusText: 'Switching Protocols',
      headers: {
        Upgrade: 'websocket',
        Connection: 'Upgrade',
        'Sec-WebSocket-Accept': acceptValue(key),
        ...(protocol !== '' && { 'Sec-WebSocket-Protocol': protocol }),
        ...headers,
      },
      body: '',
    })
    const client = new MemoryWebSocketClient(response, options)
    this.#clients.push(client)
    client.pipe.open(admission.accept(client.pipe))
    return client
  }
}

/** A client that hands over whole messages instead of frames. */
class MemoryWebSocketClient extends WebSocketClient {
  readonly pipe: MemoryPipe
  readonly #socket: MemorySocket

  constructor(response: HttpResponse, options: WebSocketClientOptions) {
    const pipe = new MemoryPipe(NETWORK_BUFFER, (arrival) => this.#arrive(arrival))
    const socket = new MemorySocket(pipe)
    super(socket, response, options)
    this.pipe = pipe
    this.#socket = socket
  }

  override send(...frames: readonly ClientFrame[]): void {
    for (const frame of frames) this.#sendWhole(frame)
  }

  #sendWhole(frame: ClientFrame): void {
    const { opcode, payload = '', ...special } = frame
    const [field] = Object.keys(special)
    if (field !== undefined) throw new NoWireError(`choose the ${field} of a frame`)
    const data = Buffer.from(payload)
    switch (opcode) {
      case Opcode.Text:
        this.pipe.clientSends(data, 'text')
        break
      case Opcode.Binary:
        this.pipe.clientSends(data, 'binary')
        break
      case Opcode.Ping:
        this.pipe.clientPings(data)
        break
      case Opcode.Pong:
        this.pipe.clientPongs()
        break
      case Opcode.Close:
        this.pipe.clientCloses(
          data.length === 0 ? 1005 : data.readUInt16BE(),
          data.toString('utf8', 2),
        )
        break
      default:
        throw new NoWireError(`send the opcode ${opcode}`)
    }
  }

  #arrive(arrival: Arrival): void {
    if (arrival.kind === 'end') this.#socket.finishFromServer()
    else this.take(frameOf(arrival))
    this.#socket.notify()
  }
}

function frameOf(arrival: Exclude<Arrival, { readonly kind: 'end' }>): ServerFrame {
  const frame = { fin: true, at: performance.now() }
  switch (arrival.kind) {
    case 'close': {
      const code = arrival.code === 1005 ? undefined : arrival.code
      return { ...frame, opcode: Opcode.Close, payload: closePayload(code, arrival.reason) }
    }
    case 'text':
      return { ...frame, opcode: Opcode.Text, payload: Buffer.from(arrival.data) }
    case 'binary':
      return { ...frame, opcode: Opcode.Binary, payload: Buffer.from(arrival.data) }
    case 'ping':
      return { ...frame, opcode: Opcode.Ping, payload: Buffer.from(arrival.data) }
    case 'pong':
      return { ...frame, opcode: Opcode.Pong, payload: Buffer.from(arrival.data) }
  }
}

function responseOf({ status, headers, body }: PlainResponse): HttpResponse {
  const joined = new HeaderFields()
  for (const [name, value] of fieldLines(headers)) joined.add(name, value)
  return { status, headers: new Map(joined.entries()), body }
}

function parseRequest(text: string): ReceivedRequest {
  const [requestLine = '', ...lines] = text.trimEnd().split('\r\n')
  const [method = '', url = ''] = requestLine.split(' ')
  const headers = new HeaderFields()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.add(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return { method, url, headers, remoteAddress: '127.0.0.1', secure: false }
}
