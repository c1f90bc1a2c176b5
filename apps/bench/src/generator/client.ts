import { connect, type Socket } from 'node:net'
import type { Stopwatch } from '@wirebeat/test-support/measure'
import {
  AnswerHead,
  clientFrame,
  EchoReader,
  handshakeRequest,
  Opcode,
  type OtherFrame,
} from '@wirebeat/test-support/wire'
import { targetOf } from '../dialect.ts'
import type { Traffic } from '../protocol.ts'
import { HOST, ORIGIN } from '../servers/settings.ts'
import type { MessageRing } from './message-ring.ts'

/** What all clients share. */
export interface Scoreboard {
  messages: number
  failure: Error | undefined
  readonly stopwatch: Stopwatch
  /** Connections so far, so that they do not all time the same one of their messages. */
  connections: number
  /** What a read fills. A client is done with it before the next one reads. */
  readonly buffer: Buffer
}

const SAMPLE_EVERY = 8
const CONNECT_TIMEOUT = 30_000
const MASK = 0x5a17c3e9

/**
 * One connection that keeps a number of messages under way. It is written on a bare TCP socket, and
 * has no more WebSocket in it than the benchmark needs.
 */
export class Client {
  readonly #traffic: Traffic
  readonly #ring: MessageRing
  readonly #board: Scoreboard
  readonly #reader: EchoReader
  readonly #opened: () => void
  readonly #socket: Socket
  /** As long as the server has not answered the handshake. */
  #head: AnswerHead | undefined = new AnswerHead()
  #isEnding = false
  isOpen = false
  #sent = 0
  #received = 0
  /** The number of the message that is being timed, and when it was written. */
  #timedMessage = Number.POSITIVE_INFINITY
  #timedFrom = 0
  #untilSample: number

  private constructor(
    port: number,
    traffic: Traffic,
    ring: MessageRing,
    board: Scoreboard,
    opened: () => void,
  ) {
    this.#traffic = traffic
    this.#ring = ring
    this.#board = board
    this.#opened = opened
    this.#untilSample = board.connections++ % SAMPLE_EVERY
    this.#reader = new EchoReader(ring.echoes, (frame) => this.#onOther(frame))
    this.#socket = connect({
      host: HOST,
      port,
      noDelay: true,
      onread: { buffer: board.buffer, callback: (length) => this.#onRead(length) },
    })
    this.#socket.setTimeout(CONNECT_TIMEOUT, () => this.#fail(new Error('the handshake hangs')))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')))
    const fields = [`Origin: ${ORIGIN}`, 'User-Agent: wirebeat-bench']
    this.#socket.write(handshakeRequest(targetOf(traffic.dialect), `${HOST}:${port}`, fields))
  }

  /** Resolves once the connection is open. */
  static open(
    port: number,
    traffic: Traffic,
    ring: MessageRing,
    board: Scoreboard,
  ): Promise<Client> {
    return new Promise((resolve) => {
      const client: Client = new Client(port, traffic, ring, board, () => resolve(client))
    })
  }

  /** Starts to exchange messages. */
  start(): void {
    this.#send(this.#traffic.outstanding)
  }

  /** Resets the connection, so that no port stays behind in TIME_WAIT. */
  end(): Promise<void> {
    this.#isEnding = true
    this.isOpen = false
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve())
      this.#socket.resetAndDestroy()
    })
  }

  #send(count: number): void {
    this.#sent += count
    if (this.#timedMessage === Number.POSITIVE_INFINITY && this.#untilSample-- === 0) {
      this.#untilSample = SAMPLE_EVERY - 1
      this.#timedMessage = this.#sent
      this.#timedFrom = performance.now()
    }
    this.#socket.write(this.#ring.take(count))
  }

  #onRead(length: number): boolean {
    try {
      const chunk = this.#board.buffer
      const start = this.#head === undefined ? 0 : this.#readHead(this.#head, length)
      const complete = this.#reader.read(chunk, start, length)
      if (complete > 0) this.#onEchoes(complete)
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
    return true
  }

  #onEchoes(count: number): void {
    this.#received += count
    this.#board.messages += count
    if (this.#received >= this.#timedMessage) {
      this.#timedMessage = Number.POSITIVE_INFINITY
      this.#board.stopwatch.record(performance.now() - this.#timedFrom)
    }
    this.#send(count)
  }

  /** Returns where in the bytes the frames begin. */
  #readHead(head: AnswerHead, length: number): number {
    const end = head.read(this.#board.buffer.subarray(0, length))
    if (end === undefined) return length
    if (head.status !== 101) throw new Error(`the server answered: ${head.statusLine}`)
    this.#head = undefined
    if (this.#traffic.dialect === 'websocket') this.#open()
    return end
  }

  #open(): void {
    this.isOpen = true
    this.#socket.setTimeout(0)
    this.#opened()
  }

  #onOther({ opcode, payload }: OtherFrame): void {
    if (opcode === Opcode.ping) {
      this.#socket.write(clientFrame(Opcode.pong, payload, MASK))
    } else if (opcode === Opcode.text && this.#traffic.dialect === 'socket.io') {
      this.#onPacket(payload.toString())
    } else {
      throw new Error(`the server sent a frame with opcode ${opcode}: ${payload.toString('hex')}`)
    }
  }

  /** The packets of engine.io 4, around those of socket.io 5. */
  #onPacket(packet: string): void {
    // Open: ask for the namespace. Ping: answer. What begins with 40: the namespace is open.
    if (packet.startsWith('0')) this.#socket.write(textFrame('40'))
    else if (packet === '2') this.#socket.write(textFrame('3'))
    else if (packet.startsWith('40')) this.#open()
    else throw new Error(`the server sent the packet ${packet}`)
  }

  #fail(error: Error): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.isOpen = false
    this.#board.failure ??= error
    this.#socket.destroy()
    this.#opened()
  }
}

function textFrame(text: string): Buffer {
  return clientFrame(Opcode.text, Buffer.from(text), MASK)
}
