import { createConnection } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectSecurely } from 'node:tls'
import { Condition } from './condition.ts'
import { type HttpResponse, readResponse } from './http.ts'

/** How and when the server's side of a socket ended. */
export interface SocketEnd {
  /** `fin`: in order. `reset`: with a RST, or with an error of the socket. */
  readonly how: 'fin' | 'reset'
  /** On the clock of `performance.now()`. */
  readonly at: number
}

/** Milliseconds without progress that count as a stall. */
const STALL = 300

/** What Node reads at once; over TLS it is handed out in smaller pieces. */
const PIECE = 64 * 1024

export interface RawClientOptions {
  /** Keep this side open when the server has closed its own. Default: `false`. */
  readonly staysOpen?: boolean
}

/** How a client connects. */
export interface ConnectOptions extends RawClientOptions {
  /** Whether the server speaks TLS. Default: `false`. */
  readonly tls?: boolean
}

/** What a case can do with the socket below a WebSocket. */
export interface RawSocket {
  /** How the server's side has ended, if it has. */
  readonly end: SocketEnd | undefined
  /** Notes what came, for messages of errors. */
  note(what: string): void
  /** Waits until `look` finds something, and gives up early when the socket has ended. */
  until<T>(what: string, look: () => T | undefined, bound?: number): Promise<T>
  /** Waits until the server's side has ended. Needs a client that reads. */
  ended(bound?: number): Promise<SocketEnd>
  /** Waits until the server has let go of the socket altogether and answers what comes with a RST. */
  gone(): Promise<void>
  /** Sends bytes as they are. */
  write(bytes: string | Uint8Array): void
  /** Sends pieces one after the other, each once the network has taken the one before it. */
  writeAll(pieces: Iterable<Uint8Array>): void
  /** Waits until the server has taken nothing for a while of what is being written. */
  stalled(bound?: number): Promise<void>
  /** Closes this side with a FIN; the other side may go on. */
  finish(): void
  /** Ends both sides at once with a RST. */
  reset(): void
  /** Takes nothing more from the network, until {@link RawSocket.resume}. */
  pause(): void
  resume(): void
  /** Takes some 64 KiB from the network, and pauses again. */
  readOnce(): void
}

/** What a client writes to and reads from: a socket, or what behaves like one. */
export interface ClientSocket extends Duplex {
  readonly remotePort?: number | undefined
  setNoDelay(isOff: boolean): unknown
  /** Ends both sides at once, in the way that tells the server so. */
  resetAndDestroy(): unknown
}

/** A client that sends exactly the bytes that it is told to, and nothing by itself. */
export class RawClient implements RawSocket {
  readonly #socket: ClientSocket
  /** The same socket, or the one below TLS. */
  readonly #below: ClientSocket
  readonly #changed = new Condition()
  #bytes: Buffer = Buffer.alloc(0)
  #sink: ((chunk: Buffer) => void) | undefined
  #end: SocketEnd | undefined
  #gone = false
  #isWriting = false
  #writtenAt = 0
  /** Bytes that `readOnce` has taken beyond what it was asked for. */
  #ahead = 0
  readonly #history: string[] = []

  /** Use {@link connect}. */
  constructor(socket: ClientSocket, below: ClientSocket = socket) {
    this.#socket = socket
    this.#below = below
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      if (this.#sink === undefined) this.#bytes = Buffer.concat([this.#bytes, chunk])
      else this.#sink(chunk)
      this.#changed.notify()
    })
    socket.on('end', () => this.#finish('fin'))
    socket.on('error', () => this.#finish('reset'))
    socket.on('close', () => {
      this.#gone = true
      this.#finish('reset')
    })
  }

  get end(): SocketEnd | undefined {
    return this.#end
  }

  /** The port of the server. */
  get remotePort(): number | undefined {
    return this.#socket.remotePort
  }

  /** What has come from the server so far, in few words, for messages of errors. */
  get history(): string {
    const shown = this.#history.slice(-12).join(', ')
    const hidden = this.#history.length > 12 ? `${this.#history.length - 12} more, ` : ''
    const unread = this.#bytes.length > 0 ? `, ${this.#bytes.length} bytes not yet understood` : ''
    const end = this.#end === undefined ? '' : `, then the end of the socket (${this.#end.how})`
    return `${hidden}${shown || 'nothing'}${unread}${end}`
  }

  note(what: string): void {
    this.#history.push(what)
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes)
  }

  until<T>(what: string, look: () => T | undefined, bound?: number): Promise<T> {
    return this.#changed.until(
      () => {
        const found = look()
        if (found === undefined && this.#end !== undefined) {
          throw new Error(`waiting for ${what}, but the socket ended; arrived: ${this.history}`)
        }
        return found
      },
      () => `${what}; arrived: ${this.history}`,
      bound,
    )
  }

  /** Waits for the response to a request. */
  response(): Promise<HttpResponse> {
    return this.until('a response', () => {
      const read = readResponse(this.#bytes, this.#end !== undefined)
      if (read === undefined) return undefined
      this.#bytes = Buffer.from(read.rest)
      this.note(`response ${read.response.status}`)
      return read.response
    })
  }

  /** Hands what was not read yet, and all that will come, to `sink`. */
  handTo(sink: (chunk: Buffer) => void): void {
    this.#sink = sink
    const bytes = this.#bytes
    this.#bytes = Buffer.alloc(0)
    if (bytes.length > 0) sink(bytes)
  }

  ended(bound?: number): Promise<SocketEnd> {
    return this.#changed.until(
      () => this.#end,
      () => `the end of the socket; arrived: ${this.history}`,
      bound,
    )
  }

  async gone(): Promise<void> {
    const probe = setInterval(() => this.#socket.write('?'), 20)
    try {
      await this.#changed.until(
        () => this.#gone || undefined,
        () => `the server to let go of the socket; arrived: ${this.history}`,
      )
    } finally {
      clearInterval(probe)
    }
  }

  writeAll(pieces: Iterable<Uint8Array>): void {
    const rest = pieces[Symbol.iterator]()
    const next = (): void => {
      const { done, value } = rest.next()
      this.#isWriting = done !== true
      if (done === true) return
      this.#socket.write(value, (error) => {
        this.#writtenAt = performance.now()
        if (!error) next()
      })
    }
    this.#writtenAt = performance.now()
    next()
  }

  async stalled(bound?: number): Promise<void> {
    const probe = setInterval(() => this.#changed.notify(), 20)
    try {
      await this.#changed.until(
        () => {
          if (!this.#isWriting) throw new Error('the server has taken all, without a stall')
          return performance.now() - this.#writtenAt >= STALL || undefined
        },
        () => `the server to take no more; arrived: ${this.history}`,
        bound,
      )
    } finally {
      clearInterval(probe)
    }
  }

  finish(): void {
    this.#socket.end()
  }

  reset(): void {
    this.#below.resetAndDestroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  readOnce(): void {
    // Some runtimes hand out much more at once, which counts for the next calls.
    this.#ahead -= PIECE
    if (this.#ahead >= 0) return
    const take = ({ length }: Buffer): void => {
      this.#ahead += length
      if (this.#ahead < 0) return
      this.#socket.off('data', take)
      this.#socket.pause()
    }
    this.#socket.on('data', take)
    this.#socket.resume()
  }

  #finish(how: SocketEnd['how']): void {
    this.#end ??= { how, at: performance.now() }
    this.#changed.notify()
  }
}

/** Connects to a server on this machine. */
export function connect(port: number, options: ConnectOptions = {}): Promise<RawClient> {
  const { staysOpen: allowHalfOpen = false, tls = false } = options
  const below = createConnection({ host: '127.0.0.1', port, allowHalfOpen })
  // The certificate is one that nobody has signed.
  const socket = tls ? connectSecurely({ socket: below, rejectUnauthorized: false }) : below
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject)
      // The socket above is told of the same error.
      if (tls) below.on('error', () => {})
      resolve(new RawClient(socket, below))
    })
  })
}
