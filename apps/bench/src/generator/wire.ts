import { connect, type Socket } from 'node:net'
import {
  AnswerHead,
  clientFrame,
  handshakeRequest,
  Opcode,
  type OtherFrame,
} from '@wirebeat/test-support/wire'
import { type Dialect, targetOf } from '../dialect.ts'
import { HOST, ORIGIN } from '../servers/settings.ts'

/** What all connections share. */
export interface Failures {
  failure: Error | undefined
  /** What a read fills. A connection is done with it before the next one reads. */
  readonly buffer: Buffer
}

const CONNECT_TIMEOUT = 30_000
const MASK = 0x5a17c3e9

/**
 * One connection. It is written on a bare TCP socket, and has no more WebSocket in it than the benchmark needs:
 * the handshake, pings, and the packets of the protocol above.
 */
export abstract class Wire {
  readonly #dialect: Dialect
  readonly #failures: Failures
  readonly #opened: () => void
  readonly #socket: Socket
  /** As long as the server has not answered the handshake. */
  #head: AnswerHead | undefined = new AnswerHead()
  #isEnding = false
  isOpen = false

  /**
   * @param fields more header fields of the handshake
   * @param opened called when the connection is open, or has failed
   */
  protected constructor(
    port: number,
    dialect: Dialect,
    fields: readonly string[],
    failures: Failures,
    opened: () => void,
  ) {
    this.#dialect = dialect
    this.#failures = failures
    this.#opened = opened
    this.#socket = connect({
      host: HOST,
      port,
      noDelay: true,
      onread: { buffer: failures.buffer, callback: (length) => this.#onRead(length) },
    })
    this.#socket.setTimeout(CONNECT_TIMEOUT, () => this.fail(new Error('the handshake hangs')))
    this.#socket.on('error', (error) => this.fail(error))
    this.#socket.on('close', () => this.fail(new Error('the server closed the connection')))
    const all = [`Origin: ${ORIGIN}`, 'User-Agent: wirebeat-bench', ...fields]
    this.#socket.write(handshakeRequest(targetOf(dialect), `${HOST}:${port}`, all))
  }

  /** Takes the bytes from `at` to `end`. Throws when they are not what was expected. */
  protected abstract read(chunk: Buffer, at: number, end: number): void

  /** Resets the connection, so that no port stays behind in TIME_WAIT. */
  end(): Promise<void> {
    this.#isEnding = true
    this.isOpen = false
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve()
      this.#socket.once('close', () => resolve())
      this.#socket.resetAndDestroy()
    })
  }

  protected write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Reads nothing any more. The server may end it. */
  protected stopReading(): void {
    this.#isEnding = true
    this.#socket.pause()
  }

  /** To be called for what is no message. */
  protected onOther({ opcode, payload }: OtherFrame): void {
    if (opcode === Opcode.ping) {
      this.#socket.write(clientFrame(Opcode.pong, payload, MASK))
    } else if (opcode === Opcode.text && this.#dialect === 'socket.io') {
      this.#onPacket(payload.toString())
    } else {
      throw new Error(`the server sent a frame with opcode ${opcode}: ${payload.toString('hex')}`)
    }
  }

  protected fail(error: Error): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.isOpen = false
    this.#failures.failure ??= error
    this.#socket.destroy()
    this.#opened()
  }

  #onRead(length: number): boolean {
    try {
      const chunk = this.#failures.buffer
      const start = this.#head === undefined ? 0 : this.#readHead(this.#head, length)
      if (start < length) this.read(chunk, start, length)
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)))
    }
    return true
  }

  /** Returns where in the bytes the frames begin. */
  #readHead(head: AnswerHead, length: number): number {
    const end = head.read(this.#failures.buffer.subarray(0, length))
    if (end === undefined) return length
    if (head.status !== 101) throw new Error(`the server answered: ${head.statusLine}`)
    this.#head = undefined
    if (this.#dialect === 'websocket') this.#open()
    return end
  }

  #open(): void {
    this.isOpen = true
    this.#socket.setTimeout(0)
    this.#opened()
  }

  /** The packets of engine.io 4, around those of socket.io 5. */
  #onPacket(packet: string): void {
    // Open: ask for the namespace. Ping: answer. What begins with 40: the namespace is open.
    if (packet.startsWith('0')) this.#socket.write(textFrame('40'))
    else if (packet === '2') this.#socket.write(textFrame('3'))
    else if (packet.startsWith('40')) this.#open()
    else throw new Error(`the server sent the packet ${packet}`)
  }
}

function textFrame(text: string): Buffer {
  return clientFrame(Opcode.text, Buffer.from(text), MASK)
}
