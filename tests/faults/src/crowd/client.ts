import { connect, type Socket } from 'node:net'
import type { Stopwatch } from '@wirebeat/test-support/measure'
import {
  AnswerHead,
  clientFrame,
  EchoReader,
  handshakeRequest,
  Opcode,
  type OtherFrame,
  serverFrame,
} from '@wirebeat/test-support/wire'
import { monotonic } from '../monotonic.ts'
import type { ConnectOptions, Swamp } from './protocol.ts'

/** What the clients of a group share. */
export interface Board {
  readonly stopwatch: Stopwatch
  /** What came that the group did not expect. It makes every later answer an error. */
  failure: Error | undefined
  /** Close frames of the server, by code, with when they came. */
  readonly closes: Map<number, number[]>
}

const MASK = 0x3c96a55a
const PAYLOAD: Buffer = Buffer.from('a message of thirty-two bytes...')
const MESSAGE: Buffer = clientFrame(Opcode.text, PAYLOAD, MASK)
const ECHO: Buffer = serverFrame(Opcode.text, PAYLOAD)
/** What a read fills. A client is done with it before the next one reads. */
const READ_BUFFER: Buffer = Buffer.alloc(64 * 1024)
/** Bytes of one write of a flood, so that no client has the process to itself. */
const FLOOD_WRITE = 256 * 1024

const NOTHING = new Uint8Array(0)
const SWAMPS: Readonly<Record<Swamp, Buffer>> = {
  'empty messages': clientFrame(Opcode.binary, NOTHING, MASK),
  pings: clientFrame(Opcode.ping, NOTHING, MASK),
  pongs: clientFrame(Opcode.pong, NOTHING, MASK),
  fragments: fragmented(100),
}

/** One message in so many fragments of one byte. */
function fragmented(count: number): Buffer {
  const fragments = Array.from({ length: count }, (_, i) => {
    const frame = clientFrame(Opcode.binary, Uint8Array.of(i), MASK)
    // FIN and opcode.
    frame[0] = (i === count - 1 ? 0x80 : 0) | (i === 0 ? Opcode.binary : 0)
    return frame
  })
  return Buffer.concat(fragments)
}

/** One connection on a bare TCP socket, cheap enough to have ten thousand. */
export class Client {
  state: 'connecting' | 'open' | 'refused' | 'ended' = 'connecting'
  /** The status of the answer to its handshake. */
  status: number | undefined
  /** Echoes since the group began to count. */
  echoes = 0
  /** Resolves once it is no longer connecting. */
  readonly settled: Promise<void>
  /** Resolves once the socket is gone. */
  readonly gone: Promise<void>
  readonly #socket: Socket
  readonly #board: Board
  readonly #answersClose: boolean
  readonly #reader: EchoReader = new EchoReader([ECHO], (frame) => this.#onOther(frame))
  #settle: () => void = () => {}
  readonly #head = new AnswerHead()
  #isHushed = false
  #isIgnoring = false
  #isInHurry = false
  #sent = 0
  #received = 0
  /** The number of the message that is being timed, and when it was written. */
  #timedMessage = Number.POSITIVE_INFINITY
  #timedFrom = 0

  constructor({ host, port, from, answersClose = true }: ConnectOptions, board: Board) {
    this.#board = board
    this.#answersClose = answersClose
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      // One that does not answer the close frame does not hang up either.
      allowHalfOpen: !answersClose,
      ...(from !== undefined && { localAddress: from }),
      onread: { buffer: READ_BUFFER, callback: (length) => this.#onRead(length) },
    })
    this.#socket.write(handshakeRequest('/ws', `${host}:${port}`))
    // The end tells; a socket that nobody listens to for errors would end the process.
    this.#socket.on('error', () => {})
    this.gone = new Promise((resolve) => {
      this.#socket.on('close', () => {
        if (this.state !== 'refused') this.state = 'ended'
        this.#settle()
        resolve()
      })
    })
  }

  /** Sends a message, and with `inHurry` the next one whenever an echo has come. */
  send(inHurry: boolean): void {
    if (this.state !== 'open') return
    this.#isInHurry = inHurry
    this.#sent++
    if (this.#timedMessage === Number.POSITIVE_INFINITY) {
      this.#timedMessage = this.#sent
      this.#timedFrom = performance.now()
    }
    this.#socket.write(MESSAGE)
  }

  /** Says nothing any more. */
  hush(): void {
    this.#isHushed = true
    this.#isInHurry = false
  }

  /** Writes messages as fast as they are taken, and reads nothing. */
  flood(messageSize: number): void {
    this.#socket.pause()
    const message = clientFrame(Opcode.binary, Buffer.alloc(messageSize, 'flood'), MASK)
    const count = Math.max(1, Math.floor(FLOOD_WRITE / message.length))
    this.#writeWithoutEnd(Buffer.concat(Array.from({ length: count }, () => message)))
  }

  /** Writes small things as fast as they are taken, and ignores what comes. */
  swamp(kind: Swamp): void {
    this.#isIgnoring = true
    const unit = SWAMPS[kind]
    const count = Math.floor(FLOOD_WRITE / unit.length)
    this.#writeWithoutEnd(Buffer.concat(Array.from({ length: count }, () => unit)))
  }

  #writeWithoutEnd(piece: Buffer): void {
    const write = (): void => {
      if (this.state === 'open') this.#socket.write(piece, () => setImmediate(write))
    }
    write()
  }

  /** Ends the connection, with a close frame or with a RST. */
  leave(politely: boolean): Promise<void> {
    if (politely && this.state === 'open') {
      this.#isInHurry = false
      this.#socket.write(closeFrame(1000))
    } else {
      this.#socket.resetAndDestroy()
    }
    return this.gone
  }

  #onRead(length: number): boolean {
    if (this.#isIgnoring) return true
    try {
      const start = this.state === 'connecting' ? this.#readHead(length) : 0
      // What follows a refusal is its body.
      if (this.state !== 'open') return true
      const count = this.#reader.read(READ_BUFFER, start, length)
      if (count > 0) this.#onEchoes(count)
    } catch (error) {
      this.#board.failure ??= error instanceof Error ? error : new Error(String(error))
      this.#socket.destroy()
    }
    return true
  }

  /** Returns where in the bytes the frames begin. */
  #readHead(length: number): number {
    const end = this.#head.read(READ_BUFFER.subarray(0, length))
    if (end === undefined) return length
    this.status = this.#head.status
    this.state = this.status === 101 ? 'open' : 'refused'
    this.#settle()
    return end
  }

  #onEchoes(count: number): void {
    this.echoes += count
    this.#received += count
    if (this.#received >= this.#timedMessage) {
      this.#timedMessage = Number.POSITIVE_INFINITY
      this.#board.stopwatch.record(performance.now() - this.#timedFrom)
    }
    if (this.#isInHurry) this.send(true)
  }

  #onOther({ opcode, payload }: OtherFrame): void {
    if (opcode === Opcode.ping) {
      if (!this.#isHushed) this.#socket.write(clientFrame(Opcode.pong, payload, MASK))
    } else if (opcode === Opcode.close) {
      this.#onClose(payload.length < 2 ? 1005 : payload.readUInt16BE())
    } else {
      throw new Error(`the server sent a frame with opcode ${opcode}`)
    }
  }

  #onClose(code: number): void {
    const times = this.#board.closes.get(code) ?? []
    times.push(monotonic())
    this.#board.closes.set(code, times)
    this.#isInHurry = false
    if (this.#answersClose && !this.#isHushed) this.#socket.end(closeFrame(code))
  }
}

function closeFrame(code: number): Buffer {
  return clientFrame(Opcode.close, Buffer.from([code >> 8, code & 0xff]), MASK)
}
