import { setImmediate } from 'node:timers'
import {
  type Bytes,
  CorkedTransport,
  type MessageType,
  type Prepared,
  type TransportCloseCause,
  TurnBatch,
} from '@wirebeat/core/adapter'
import type { BunSocket } from './engine.ts'

/** One turn for all connections of the thread, because they share its event loop. */
export const turn: TurnBatch = new TurnBatch(setImmediate)

/** The engine's answer to a message that waits. */
const QUEUED = -1

/** A short text whose bytes are known. Longer ones are not kept. */
let counted = ''
let countedBytes = 0
const LONGEST_COUNTED = 1024

function noteBytes(text: string, bytes: number): void {
  if (bytes > LONGEST_COUNTED) return
  counted = text
  countedBytes = bytes
}

const { byteLength } = Buffer
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** A WebSocket of Bun as a transport of core, and the user data of that. */
export class BunTransport extends CorkedTransport<BunSocket> {
  /** Whether the socket has an address, as long as it is there. */
  #hasAddress = false

  constructor(compresses: boolean, maxBufferedAmount: number) {
    super(turn, compresses, maxBufferedAmount)
  }

  byteLength(text: string): number {
    // Core asks for the same text several times, and for that which was just sent.
    if (text === counted) return countedBytes
    const bytes = byteLength(text)
    noteBytes(text, bytes)
    return bytes
  }

  awaitTurnEnd(): boolean {
    // The engine runs promises after every message, which core has to know. Sessions are woken at once.
    return false
  }

  override ping(): void {
    super.ping()
    this.#tellIfGone()
  }

  pause(): void {
    this.socket?.pause()
  }

  resume(): void {
    this.socket?.resume()
  }

  override opened(socket: BunSocket): void {
    super.opened(socket)
    this.#hasAddress = socket.remoteAddress !== undefined
  }

  protected write(
    socket: BunSocket,
    data: string | Bytes,
    type: MessageType,
    compress: boolean,
  ): boolean {
    // A string is always a text.
    if (type === 'binary') return socket.sendBinary(data as Bytes, compress) !== QUEUED
    const text = typeof data === 'string' ? data : utf8.decode(data)
    const result = socket.sendText(text, compress)
    // The bytes of the text, if the engine has taken it.
    if (result > 0) noteBytes(text, result)
    return result !== QUEUED
  }

  protected preparedData(message: Prepared): string | Bytes {
    return message.type === 'text' ? message.made(TEXT, textOf) : message.bytes
  }

  protected end(socket: BunSocket, code: number, reason: string): void {
    socket.close(code, reason)
    this.#tellIfGone()
  }

  protected cut(socket: BunSocket): void {
    socket.terminate()
    this.#tellIfGone()
  }

  /** The diagnosis of what the client has sent is a sentence. */
  protected causeOf(diagnosis: string): TransportCloseCause {
    switch (diagnosis) {
      case 'Received too big message':
      case 'Received message that does not fit in memory':
        return 'message-too-big'
      case 'Received invalid UTF-8':
      case 'Received invalid compressed data':
        return 'invalid-data'
      default:
        return diagnosis.startsWith('Received ') ? 'protocol-error' : 'lost'
    }
  }

  /**
   * The engine does not always tell that a client has reset the connection while it was paused and something waited for
   * it. Such a socket has no address any more.
   */
  #tellIfGone(): void {
    const { socket } = this
    if (socket === undefined || !this.#hasAddress || socket.remoteAddress !== undefined) return
    this.closed(1006, '')
  }
}

const TEXT = Symbol('text')

/** The engine takes a text as a string. */
function textOf({ data }: Prepared): string {
  return typeof data === 'string' ? data : utf8.decode(data)
}
