import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import {
  type Admission,
  COMPRESSION_THRESHOLD,
  fieldLines,
  HeaderFields,
  type ReceivedRequest,
  type ResponseHeaders,
  type ServedEndpoint,
} from '@wirebeat/core/adapter'
import { type Server, type ServerOptions, WebSocketServer } from 'ws'
import { boundReader } from './bound-reader.ts'
import { clientCertificate } from './client-certificate.ts'
import { tellEndOfStream } from './end-of-stream.ts'
import { RequestExchange, StreamExchange } from './exchange.ts'
import { acceptAtFirstWrite } from './http2-stream.ts'
import { peerAddress } from './peer-address.ts'
import { readWhileWaiting } from './read-while-waiting.ts'
import { refuseRequest, refuseStream, refuseUpgrade } from './refuse.ts'
import { stopAtFault } from './stop-at-fault.ts'
import { EndpointSocket, WsTransport } from './transport.ts'
import { tellWriteQueueSize } from './write-queue-size.ts'

/** Options that are in the documentation of ws, but not in its types. */
interface UntypedOptions {
  readonly closeTimeout: number
}

/** Milliseconds. Node takes a longer time for 1 ms. */
const LONGEST_TIMER = 2 ** 31 - 1
const NOTHING = Buffer.alloc(0)

/** One endpoint on one server. It carries out the decisions of the endpoint. */
export class EndpointBinding {
  readonly endpoint: ServedEndpoint
  readonly #sockets: Server<typeof EndpointSocket>
  readonly #linger = (disconnect: () => void): (() => void) => this.endpoint.linger(disconnect)
  /** What the response has beside the handshake, for the one that ws is completing. */
  #responseHeaders: ResponseHeaders = {}

  readonly #taken: (stream: Duplex) => void

  /** @param taken told of the stream of each WebSocket */
  constructor(endpoint: ServedEndpoint, taken: (stream: Duplex) => void) {
    const { maxMessageSize, compression } = endpoint.options
    this.endpoint = endpoint
    this.#taken = taken
    const options: ServerOptions<typeof EndpointSocket> & UntypedOptions = {
      noServer: true,
      WebSocket: EndpointSocket,
      clientTracking: false,
      maxPayload: maxMessageSize,
      // No limit here: core measures the time of every end, and looks at what the client still takes.
      closeTimeout: LONGEST_TIMER,
      // The socket answers pings itself. ws would make a closure for each connection.
      autoPong: false,
      perMessageDeflate: compression && {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        threshold: COMPRESSION_THRESHOLD,
      },
    }
    this.#sockets = new WebSocketServer(options)
    this.#sockets.on('headers', (head) => {
      for (const [name, value] of fieldLines(this.#responseHeaders)) head.push(`${name}: ${value}`)
    })
  }

  get path(): string | undefined {
    return this.endpoint.options.path
  }

  /** Handles an upgrade request. Returns `false` when it is for another path. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    let takeHead = (): Buffer => head
    return this.endpoint.upgrade(receivedRequest(request), {
      canLimitWindow: true,
      refuse: (refusal) => {
        takeHead()
        refuseUpgrade(request, socket, refusal, this.#linger)
      },
      accept: (admission) => this.#complete(admission, request, socket, takeHead()),
      wait(gone) {
        takeHead = readWhileWaiting(socket, head, gone)
      },
    })
  }

  /** Handles an extended CONNECT of HTTP/2. Returns `false` when it is for another path. */
  connect(request: ReceivedRequest, stream: ServerHttp2Stream): boolean {
    let takeHead = (): Buffer => NOTHING
    return this.endpoint.upgrade(request, {
      canLimitWindow: true,
      refuse: (refusal) => {
        takeHead()
        refuseStream(stream, refusal, this.#linger)
      },
      accept: (admission) => {
        const head = takeHead()
        acceptAtFirstWrite(stream)
        this.#complete(admission, handshakeForWs(), stream, head)
      },
      wait(gone) {
        takeHead = readWhileWaiting(stream, NOTHING, gone)
      },
    })
  }

  /** Answers a request over HTTP/2. Returns `false` when the endpoint does not answer it. */
  answerStream(request: ReceivedRequest, stream: ServerHttp2Stream): boolean {
    const answer = this.endpoint.answer(request)
    if (typeof answer === 'function') {
      answer(new StreamExchange(stream, this.#linger, asksForContinue(request)))
    } else if (answer !== undefined) {
      refuseStream(stream, answer, this.#linger)
    }
    return answer !== undefined
  }

  /**
   * Answers a plain request.
   *
   * @param awaitsContinue whether the client waits for a 100 that Node has not sent
   * @returns how. `undefined` when the endpoint does not answer it.
   */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    awaitsContinue: boolean,
  ): 'answered' | 'refused' | undefined {
    const answer = this.endpoint.answer(receivedRequest(request))
    if (answer === undefined) return undefined
    if (typeof answer !== 'function') {
      refuseRequest(response, answer)
      return 'refused'
    }
    answer(new RequestExchange(request, response, this.#linger, awaitsContinue))
    return 'answered'
  }

  #complete(admission: Admission, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // ws compares the whole value. Core has found websocket in the list.
    request.headers.upgrade = 'websocket'
    // Of what the client offers, only what core has chosen. ws takes the first of each, and refuses empty members.
    setHeader(request, 'sec-websocket-extensions', admission.extension)
    setHeader(request, 'sec-websocket-protocol', admission.protocol)
    this.#responseHeaders = admission.headers
    const { maxBufferedAmount } = this.endpoint.options
    let isComplete = false
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      isComplete = true
      this.#taken(socket)
      tellWriteQueueSize(socket)
      const listener = admission.accept(
        new WsTransport(webSocket, socket, maxBufferedAmount, admission.extension),
      )
      webSocket.listener = listener
      boundReader(webSocket)
      tellEndOfStream(webSocket)
      if (admission.extension !== '') stopAtFault(webSocket)
      listener.opened()
    })
    // ws does not call back for a client that has gone away.
    if (!isComplete) admission.abandon()
  }
}

function asksForContinue({ headers }: ReceivedRequest): boolean {
  return headers.get('expect')?.toLowerCase() === '100-continue'
}

/** A handshake of HTTP/1.1, which is all that ws understands. It reads nothing else of a request. */
function handshakeForWs(): IncomingMessage {
  const headers = { 'sec-websocket-key': `${'A'.repeat(22)}==`, 'sec-websocket-version': '13' }
  const request: Partial<IncomingMessage> = { method: 'GET', headers }
  return request as IncomingMessage
}

function setHeader({ headers }: IncomingMessage, name: string, value: string): void {
  if (value === '') delete headers[name]
  else headers[name] = value
}

function receivedRequest(request: IncomingMessage): ReceivedRequest {
  const headers = new HeaderFields()
  const { rawHeaders, socket } = request
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.add(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  }
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    httpVersion: request.httpVersion,
    headers,
    remoteAddress: peerAddress(socket),
    secure: 'encrypted' in socket && socket.encrypted === true,
    clientCertificate: clientCertificate(socket),
  }
}
