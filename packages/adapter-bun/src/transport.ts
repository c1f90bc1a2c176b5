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
  /** Whether the socket has an address, and has not been asked for it. */
  #canAskForAddress: boolean

  /** @param hasAddress whether clients have an address, which they have not on a Unix socket */
  constructor(compresses: boolean, maxBufferedAmount: number, hasAddress: boolean) {
    super(turn, compresses, maxBufferedAmount)
    this.#canAskForAddress = hasAddress
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

  pause(): void {
    const { socket } = this
    if (socket === undefined) return
    socket.pause()
    if (!this.#canAskForAddress || socket.getBufferedAmount() === 0) return
    this.#canAskForAddress = false
    setImmediate(() => this.#endIfGone())
  }

  resume(): void {
    this.socket?.resume()
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
  }

  protected cut(socket: BunSocket): void {
    socket.terminate()
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
   * The engine does not tell that a client has reset the connection when it saw so as it wrote, and was paused then. Such
   * a socket has no address any more. The engine keeps an address that it was once asked for, so this can be seen once.
   */
  #endIfGone(): void {
    if (this.socket !== undefined && this.socket.remoteAddress === undefined) this.terminate()
  }
}

const TEXT = Symbol('text')

/** The engine takes a text as a string. */
function textOf({ data }: Prepared): string {
  return typeof data === 'string' ? data : utf8.decode(data)
}
