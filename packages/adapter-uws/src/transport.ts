import { setImmediate } from 'node:timers'
import {
  type Bytes,
  CorkedTransport,
  type MessageType,
  type Prepared,
  type TransportCloseCause,
  type TurnWaiter,
} from '@wirebeat/core/adapter'
import { TRANSPORT, type UwsSocket } from './engine.ts'
import { turn } from './turn.ts'

/** A result of the engine's `send`. 0: the message waits. 2: it was dropped, which needs a limit to occur. */
const SENT = 1

/** A socket of uWebSockets.js as a transport of core. */
export class UwsTransport extends CorkedTransport<UwsSocket> {
  constructor(compresses: boolean, maxBufferedAmount: number) {
    super(turn, compresses, maxBufferedAmount)
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  awaitTurnEnd(waiter: TurnWaiter): boolean {
    return turn.awaitEnd(waiter)
  }

  override opened(socket: UwsSocket): void {
    super.opened(socket)
    socket[TRANSPORT] = this
  }

  /**
   * Core is told later, because a message that is sent within this callback or in a microtask of it can wait forever:
   * the engine stops asking the system for writability when the callback returns.
   */
  override drained(): void {
    setImmediate(() => super.drained())
  }

  protected write(
    socket: UwsSocket,
    data: string | Bytes,
    type: MessageType,
    compress: boolean,
  ): boolean {
    // The engine would write a lone surrogate as three bytes that are not UTF-8, for which clients end their connections.
    // So it is given U+FFFD, as encoders of the web write it. For a text in which every character has one byte in V8,
    // this takes a few nanoseconds.
    const given = typeof data === 'string' ? data.toWellFormed() : data
    return socket.send(given, type === 'binary', compress) === SENT
  }

  protected override readable(data: string | Bytes): string | Bytes {
    return ArrayBuffer.isView(data) ? outOfHeap(data) : data
  }

  protected preparedData(message: Prepared): Bytes {
    return message.made(BYTES, exactBytes)
  }

  protected end(socket: UwsSocket, code: number, reason: string): void {
    socket.end(code, reason.toWellFormed())
  }

  protected cut(socket: UwsSocket): void {
    socket.close()
  }

  protected causeOf(diagnosis: string): TransportCloseCause {
    return CAUSE_OF_DIAGNOSIS.get(diagnosis) ?? 'lost'
  }
}

const BYTES = Symbol('bytes')

/** The bytes alone in an ArrayBuffer, which the engine reads fastest. */
function exactBytes({ bytes }: Prepared): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

/** The causes by the engine's diagnosis, which is a text only. */
const CAUSE_OF_DIAGNOSIS: ReadonlyMap<string, TransportCloseCause> = new Map([
  ['Received too big message', 'message-too-big'],
  ['Received too big message, or other inflation error', 'message-too-big'],
  ['Received invalid UTF-8', 'invalid-data'],
  ['Received invalid WebSocket frame', 'protocol-error'],
  // Of a close frame whose content it does not report. It also takes the codes 1012 to 1014 and 3000 to 3999 for invalid.
  ['Received invalid close payload', 'client'],
])

/** V8 keeps typed arrays up to this size in bytes in its heap, unless they are views of an ArrayBuffer. */
const MAX_IN_HEAP = 64

/** Views of one piece of memory, by their length. */
const scratch: readonly Uint8Array[] = scratchViews()

/**
 * Copies small arrays out of V8's heap. The engine asks a typed array for its ArrayBuffer, which V8 has to make
 * for an array in its heap. That takes half a microsecond, a third of the time of a small echo. The copy takes
 * a tenth of that. The engine reads it before `send` returns.
 */
function outOfHeap(data: Uint8Array): Uint8Array {
  const view = scratch[data.length]
  if (view === undefined) return data
  view.set(data)
  return view
}

function scratchViews(): Uint8Array[] {
  const memory = new ArrayBuffer(MAX_IN_HEAP)
  return Array.from({ length: MAX_IN_HEAP + 1 }, (_, length) => new Uint8Array(memory, 0, length))
}
