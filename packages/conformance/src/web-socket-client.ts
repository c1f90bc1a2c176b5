import {
  type ClientFrame,
  closePayload,
  encodeFrame,
  FrameReader,
  type FrameReaderOptions,
  Opcode,
  type ServerFrame,
} from './frame.ts'
import { acceptValue, type HandshakeOptions, type HttpResponse, handshakeRequest } from './http.ts'
import type { RawClient, RawClientOptions, RawSocket, SocketEnd } from './raw-client.ts'

export interface WebSocketClientOptions {
  /** Answer each ping with a pong, as a browser does. Default: `false`, a silent client. */
  readonly answerPings?: boolean
}

/** The code and the reason of a close frame; no code when the frame was empty. */
export interface ReceivedClose {
  readonly code: number | undefined
  readonly reason: string
}

const OPCODE_NAMES: Readonly<Record<number, string>> = {
  [Opcode.Continuation]: 'continuation',
  [Opcode.Text]: 'text',
  [Opcode.Binary]: 'binary',
  [Opcode.Close]: 'close',
  [Opcode.Ping]: 'ping',
  [Opcode.Pong]: 'pong',
}

/** A client behind its handshake, which does nothing by itself but what its options say. */
export abstract class WebSocketClient {
  /** The response to the handshake. */
  readonly response: HttpResponse
  /** The socket below. */
  readonly raw: RawSocket
  readonly #answersPings: boolean
  readonly #frames: ServerFrame[] = []
  #broken: unknown

  constructor(raw: RawSocket, response: HttpResponse, options: WebSocketClientOptions) {
    this.raw = raw
    this.response = response
    this.#answersPings = options.answerPings ?? false
  }

  /** Sends the frames in one piece. */
  abstract send(...frames: readonly ClientFrame[]): void

  /** The subprotocol that the server chose, if any. */
  get protocol(): string | undefined {
    return this.response.headers.get('sec-websocket-protocol')
  }

  /** Sends bytes as they are. */
  write(bytes: Uint8Array): void {
    this.raw.write(bytes)
  }

  text(payload: string): void {
    this.send({ opcode: Opcode.Text, payload })
  }

  binary(payload: Uint8Array): void {
    this.send({ opcode: Opcode.Binary, payload })
  }

  ping(payload = ''): void {
    this.send({ opcode: Opcode.Ping, payload })
  }

  pong(payload: string | Uint8Array = ''): void {
    this.send({ opcode: Opcode.Pong, payload })
  }

  /** Sends a close frame; an empty one without a code. */
  close(code?: number, reason?: string): void {
    this.send({ opcode: Opcode.Close, payload: closePayload(code, reason) })
  }

  /** The next frame, whatever it is. */
  frame(bound?: number): Promise<ServerFrame> {
    return this.#next('a frame', () => true, bound)
  }

  /** The next message, whole; pings and pongs before it are skipped. */
  async message(bound?: number): Promise<string | Buffer> {
    const first = await this.#next('a message', isNotPingOrPong, bound)
    if (first.opcode !== Opcode.Text && first.opcode !== Opcode.Binary) {
      throw new Error(`waiting for a message, got a ${describe(first)}`)
    }
    const parts = [first.payload]
    for (let last = first; !last.fin; parts.push(last.payload)) {
      last = await this.#next('the rest of a message', isNotPingOrPong, bound)
    }
    const payload = parts.length === 1 ? first.payload : Buffer.concat(parts)
    return first.opcode === Opcode.Binary ? payload : decodeText(payload)
  }

  /** The next ping; other frames before it are skipped. */
  nextPing(): Promise<ServerFrame> {
    return this.#next('a ping', (frame) => frame.opcode === Opcode.Ping)
  }

  /** The close frame; all before it is skipped. */
  async closeFrame(bound?: number): Promise<ReceivedClose> {
    const isClose = (frame: ServerFrame): boolean => frame.opcode === Opcode.Close
    const { payload } = await this.#next('a close frame', isClose, bound)
    if (payload.length === 0) return { code: undefined, reason: '' }
    return { code: payload.readUInt16BE(), reason: decodeText(payload.subarray(2)) }
  }

  /**
   * Waits for the end of the socket and returns the frames that came before it and that nobody
   * asked for.
   */
  async remaining(bound?: number): Promise<readonly ServerFrame[]> {
    await this.raw.ended(bound)
    if (this.#broken !== undefined) throw this.#broken
    return this.#frames.splice(0)
  }

  /** Waits for the end of the server's side. */
  ended(bound?: number): Promise<SocketEnd> {
    return this.raw.ended(bound)
  }

  /** A frame has come. */
  protected take(frame: ServerFrame): void {
    this.raw.note(describe(frame))
    this.#frames.push(frame)
    if (this.#answersPings && frame.opcode === Opcode.Ping) this.pong(frame.payload)
  }

  /** Something has come that is no frame: every wait ends with this error. */
  protected breakOff(error: unknown): void {
    this.#broken ??= error
  }

  #next(
    what: string,
    isWanted: (frame: ServerFrame) => boolean,
    bound?: number,
  ): Promise<ServerFrame> {
    return this.raw.until(
      what,
      () => {
        for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
          if (isWanted(frame)) return frame
        }
        if (this.#broken !== undefined) throw this.#broken
        return undefined
      },
      bound,
    )
  }
}

/** A client on a real socket. */
export class TcpWebSocketClient extends WebSocketClient {
  constructor(
    raw: RawClient,
    response: HttpResponse,
    options: WebSocketClientOptions & FrameReaderOptions,
  ) {
    super(raw, response, options)
    const reader = new FrameReader(options)
    raw.handTo((chunk) => {
      try {
        for (const frame of reader.push(chunk)) this.take(frame)
      } catch (error) {
        this.breakOff(error)
      }
    })
  }

  override send(...frames: readonly ClientFrame[]): void {
    this.write(Buffer.concat(frames.map(encodeFrame)))
  }
}

function isNotPingOrPong({ opcode }: ServerFrame): boolean {
  return opcode !== Opcode.Ping && opcode !== Opcode.Pong
}

function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}

function describe({ opcode, payload }: ServerFrame): string {
  const name = OPCODE_NAMES[opcode] ?? `frame with opcode ${opcode}`
  if (opcode === Opcode.Close && payload.length >= 2) return `close ${payload.readUInt16BE()}`
  return `${name} of ${payload.length} bytes`
}

/** A request, and what the client is to do with its socket. */
export interface RequestOptions extends HandshakeOptions, RawClientOptions {
  /** Bytes that are sent in one piece with the request. */
  readonly early?: Uint8Array
}

/** Sends the request and waits for the response. */
export function request(raw: RawClient, options?: RequestOptions): Promise<HttpResponse> {
  send(raw, options)
  return raw.response()
}

/**
 * Sends the request and waits until it is accepted.
 *
 * @throws Error when the server refused or answered wrongly.
 */
export function handshake(raw: RawClient, options?: RequestOptions): Promise<HttpResponse> {
  return accepted(raw, send(raw, options))
}

/** Sends the request, and returns the key that it holds. */
function send(raw: RawClient, options: RequestOptions = {}): string {
  const { text, key } = handshakeRequest(options)
  raw.write(Buffer.concat([Buffer.from(text), options.early ?? Buffer.alloc(0)]))
  return key
}

/**
 * Waits for the response to a request with this key, and checks it as a client must (RFC 6455,
 * section 4.1).
 *
 * @throws Error when the server refused or answered wrongly.
 */
export async function accepted(raw: RawClient, key: string): Promise<HttpResponse> {
  const response = await raw.response()
  const mistake = mistakeIn(response, key)
  if (mistake !== undefined) throw new Error(mistake)
  return response
}

function mistakeIn({ status, headers, body }: HttpResponse, key: string): string | undefined {
  if (status !== 101) return `the handshake was refused with ${status}: ${body.trim()}`
  const expected: readonly (readonly [name: string, value: string])[] = [
    ['upgrade', 'websocket'],
    ['connection', 'upgrade'],
  ]
  for (const [name, value] of expected) {
    const got = headers.get(name)
    if (got?.toLowerCase() !== value) return `the response has ${name}: ${got}, expected ${value}`
  }
  const accept = headers.get('sec-websocket-accept')
  return accept === acceptValue(key) ? undefined : `wrong Sec-WebSocket-Accept: ${accept}`
}
