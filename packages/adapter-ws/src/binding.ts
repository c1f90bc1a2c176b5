import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import {
  type Admission,
  COMPRESSION_THRESHOLD,
  fieldLines,
  type ReceivedRequest,
  type ResponseHeaders,
  type ServedEndpoint,
} from '@wirebeat/core/adapter'
import { type Server, type ServerOptions, WebSocketServer } from 'ws'
import { RequestExchange, StreamExchange } from './exchange.ts'
import { extendReader } from './frame-reader.ts'
import { acceptAtFirstWrite } from './http2-stream.ts'
import { readWhileWaiting } from './read-while-waiting.ts'
import { refuseRequest, refuseStream, refuseUpgrade } from './refuse.ts'
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

  get options(): ServedEndpoint['options'] {
    return this.endpoint.options
  }

  get isClosed(): boolean {
    return this.endpoint.isClosed
  }

  /** Handles an upgrade request. Returns `false` when it is for another path. */
  upgrade(request: ReceivedRequest, socket: Duplex, head: Buffer): boolean {
    let takeHead = (): Buffer => head
    return this.endpoint.upgrade(request, {
      canLimitWindow: true,
      refuse: (refusal) => {
        takeHead()
        refuseUpgrade(request, socket, refusal, this.#linger)
      },
      accept: (admission) => {
        const key = request.headers.get('sec-websocket-key') ?? ''
        this.#complete(admission, key, socket, takeHead())
      },
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
        this.#complete(admission, SOME_KEY, stream, head)
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
   * @param received the request as core is given it
   * @param awaitsContinue whether the client waits for a 100 that Node has not sent
   * @returns how. `undefined` when the endpoint does not answer it.
   */
  answer(
    received: ReceivedRequest,
    request: IncomingMessage,
    response: ServerResponse,
    awaitsContinue: boolean,
  ): 'answered' | 'refused' | undefined {
    const answer = this.endpoint.answer(received)
    if (answer === undefined) return undefined
    if (typeof answer !== 'function') {
      refuseRequest(response, answer)
      return 'refused'
    }
    answer(new RequestExchange(request, response, this.#linger, awaitsContinue))
    return 'answered'
  }

  #complete(admission: Admission, key: string, socket: Duplex, head: Buffer): void {
    this.#responseHeaders = admission.headers
    const { maxBufferedAmount } = this.endpoint.options
    const request = handshakeForWs(admission, key)
    let isComplete = false
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      isComplete = true
      this.#taken(socket)
      tellWriteQueueSize(socket)
      const listener = admission.accept(
        new WsTransport(webSocket, socket, maxBufferedAmount, admission.extension),
      )
      webSocket.listener = listener
      extendReader(webSocket)
      listener.opened()
    })
    // ws does not call back for a client that has gone away.
    if (!isComplete) admission.abandon()
  }
}

function asksForContinue({ headers }: ReceivedRequest): boolean {
  return headers.get('expect')?.toLowerCase() === '100-continue'
}

/** Stands for the key that a handshake of HTTP/2 does not have. */
const SOME_KEY = `${'A'.repeat(22)}==`

/**
 * What ws reads of a request, which must be one of HTTP/1.1. Of what the client offers, it has only what core has
 * chosen: ws takes the first of each, and refuses empty members of lists. Node makes `headers` of its own request when
 * it is asked for them, which is not needed then.
 */
function handshakeForWs({ extension, protocol }: Admission, key: string): IncomingMessage {
  const headers: IncomingHttpHeaders = {
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': key,
  }
  if (extension !== '') headers['sec-websocket-extensions'] = extension
  if (protocol !== '') headers['sec-websocket-protocol'] = protocol
  const request: Partial<IncomingMessage> = { method: 'GET', headers }
  return request as IncomingMessage
}
