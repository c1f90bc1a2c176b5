import { type ClientHttp2Stream, constants } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AnswerHead, handshakeRequest } from '@wirebeat/test-support/wire'
import type { Carrier } from '../carrier.ts'
import { HOST, ORIGIN } from '../servers/settings.ts'
import type { Sessions } from './sessions.ts'

const CONNECT_TIMEOUT = 30_000

/** What a connection goes through, below the frames. */
export interface Line {
  write(bytes: Buffer): void
  /** Reads nothing any more. */
  pause(): void
  /** Ends at once. Resolves when nothing is left of it. */
  end(): Promise<void>
}

/** Who uses a line. */
export interface LineUser {
  /** The server has accepted the handshake. */
  accepted(): void
  /** Takes the bytes from `at` to `end`. The memory is valid during the call only. */
  take(chunk: Buffer, at: number, end: number): void
  failed(error: Error): void
}

export interface Handshake {
  readonly port: number
  readonly target: string
  /** Header fields, by their names. */
  readonly fields: Readonly<Record<string, string>>
}

/** What all lines share. */
export interface Shared {
  /** What a read fills. A connection is done with it before the next one reads. */
  readonly buffer: Buffer
  /** What streams are opened on. */
  readonly sessions: Sessions
}

/** Opens a line, and makes the handshake on it. */
export function openLine(
  carrier: Carrier,
  handshake: Handshake,
  { buffer, sessions }: Shared,
  user: LineUser,
): Line {
  return carrier === 'HTTP/2'
    ? new StreamLine(handshake, sessions, user)
    : new SocketLine(carrier, handshake, buffer, user)
}

const COMMON = { Origin: ORIGIN, 'User-Agent': 'wirebeat-bench' }

/** A bare socket of TCP, or of TLS. */
class SocketLine implements Line {
  readonly #socket: Socket
  readonly #isPlain: boolean
  readonly #user: LineUser
  readonly #buffer: Buffer
  /** As long as the server has not answered the handshake. */
  #head: AnswerHead | undefined = new AnswerHead()

  /** @param buffer what a read fills */
  constructor(
    carrier: Exclude<Carrier, 'HTTP/2'>,
    { port, target, fields }: Handshake,
    buffer: Buffer,
    user: LineUser,
  ) {
    this.#user = user
    this.#buffer = buffer
    this.#isPlain = carrier === 'TCP'
    const options = {
      host: HOST,
      port,
      onread: { buffer, callback: (length: number) => this.#onRead(length) },
    }
    this.#socket = this.#isPlain
      ? connect(options)
      : connectTls({ ...options, rejectUnauthorized: false })
    this.#socket.setNoDelay(true)
    this.#socket.setTimeout(CONNECT_TIMEOUT, () => user.failed(new Error('the handshake hangs')))
    this.#socket.on('error', (error) => user.failed(error))
    this.#socket.on('close', () => user.failed(new Error('the server closed the connection')))
    const lines = Object.entries({ ...COMMON, ...fields }).map((field) => field.join(': '))
    this.#socket.write(handshakeRequest(target, `${HOST}:${port}`, lines))
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  pause(): void {
    this.#socket.pause()
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve()
      this.#socket.once('close', () => resolve())
      // By a reset, so that no port stays behind in TIME_WAIT.
      if (this.#isPlain) this.#socket.resetAndDestroy()
      else this.#socket.destroy()
    })
  }

  #onRead(length: number): boolean {
    const start = this.#head === undefined ? 0 : this.#readHead(this.#head, length)
    if (start < length) take(this.#user, this.#buffer, start, length)
    return true
  }

  /** Returns where in the bytes the frames begin. */
  #readHead(head: AnswerHead, length: number): number {
    const end = head.read(this.#buffer.subarray(0, length))
    if (end === undefined) return length
    this.#head = undefined
    this.#socket.setTimeout(0)
    if (head.status === 101) this.#user.accepted()
    else this.#user.failed(new Error(`the server answered: ${head.statusLine}`))
    return end
  }
}

/** A stream of HTTP/2 (RFC 8441). */
class StreamLine implements Line {
  readonly #stream: ClientHttp2Stream

  constructor({ target, fields }: Handshake, sessions: Sessions, user: LineUser) {
    const failed = (why: string): void => user.failed(new Error(why))
    this.#stream = sessions.request({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':path': target,
      'sec-websocket-version': '13',
      ...COMMON,
      ...fields,
    })
    this.#stream.setTimeout(CONNECT_TIMEOUT, () => failed('the handshake hangs'))
    this.#stream.on('error', (error) => user.failed(error))
    this.#stream.on('close', () => failed('the server closed the connection'))
    this.#stream.on('response', ({ ':status': status }) => {
      this.#stream.setTimeout(0)
      if (status === 200) user.accepted()
      else failed(`the server answered: ${status}`)
    })
    this.#stream.on('data', (chunk: Buffer) => take(user, chunk, 0, chunk.length))
  }

  write(bytes: Buffer): void {
    this.#stream.write(bytes)
  }

  pause(): void {
    this.#stream.pause()
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.closed) resolve()
      this.#stream.once('close', () => resolve())
      this.#stream.close(constants.NGHTTP2_CANCEL)
    })
  }
}

/** What is not what was expected fails the connection. */
function take(user: LineUser, chunk: Buffer, at: number, end: number): void {
  try {
    user.take(chunk, at, end)
  } catch (error) {
    user.failed(error instanceof Error ? error : new Error(String(error)))
  }
}
