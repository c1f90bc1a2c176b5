import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers'
import type { WebSocket } from 'ws'
import { joinPieces } from './join-pieces.ts'

/** What reads the frames of a socket. ws 8.23 has these fields, and none of them is public API. */
interface Reader extends Writable {
  /** What was read of the frame that is not complete. */
  readonly _buffers: Buffer[]
  /** The fragments of the message that is not complete; another array for each message. */
  readonly _fragments: Buffer[]
  /** The opcode of the message in fragments that is not complete; 0 for none. */
  readonly _fragmented: number
  /** The mask of the frame that is not complete. */
  _mask: Buffer | undefined
  /** How many there may be of either; 0 stands for any number. */
  _maxBufferedChunks: number
  _maxFragments: number
  /** Reads frames until more bytes are needed, or something must be waited for. */
  startLoop(done: (error?: Error | null) => void): void
  /** Whether it reads on. */
  _loop: boolean
  [BOUNDS]?: BoundReader
}

const BOUNDS: unique symbol = Symbol('what bounds this reader')

type Done = (error?: Error | null) => void

/**
 * Bounds the memory that a message takes until it is complete by the bytes that have come of it, and stops
 * within what was read.
 *
 * ws keeps each fragment, and each packet of a frame, as it was read. A fragment of one byte holds all
 * that was read with it, 64 KiB at most, and a frame in packets of one byte takes hundreds of bytes for
 * each. ws bounds their number, which closes honest clients. Here they are joined whenever ws stops reading
 * frames, and may be as many as they like.
 *
 * A single read can hold ten thousand messages, so pausing the socket is not enough to let others have a turn.
 * What is left of a read is not reported as written until the next turn. So it waits in order, with a close
 * frame behind messages, and ws pauses the socket by itself.
 */
export class BoundReader {
  readonly #reader: Reader
  readonly #startLoop: Reader['startLoop']
  #fragments: Buffer[]
  #settled = 0
  #mask: Buffer | undefined
  /** Tells the stream that what was written is read. */
  #done: Done | undefined
  #isHeld = false
  #isStopped = false

  /** @returns `undefined` where ws has no such fields. Nothing is done then, and the bounds of ws stay. */
  static of(socket: WebSocket): BoundReader | undefined {
    const reader = '_receiver' in socket ? socket._receiver : undefined
    return isReader(reader) ? new BoundReader(reader) : undefined
  }

  private constructor(reader: Reader) {
    this.#reader = reader
    this.#startLoop = reader.startLoop
    this.#fragments = reader._fragments
    reader._maxBufferedChunks = 0
    reader._maxFragments = 0
    reader[BOUNDS] = this
    // One function for all: a closure takes some hundred bytes of each connection.
    reader.startLoop = readBounded
  }

  /** Delivers nothing more in this turn of the event loop. */
  hold(): void {
    this.#reader._loop = false
    if (this.#isHeld) return
    this.#isHeld = true
    setImmediate(release, this)
  }

  /** Continues with what was read. */
  release(): void {
    this.#isHeld = false
    if (!this.#isStopped) return
    this.#isStopped = false
    this.read(this.#finish)
  }

  /** Reads frames instead of ws. */
  read(done: Done): void {
    if (done !== this.#finish) this.#done = done
    // ws reads on by itself after a compressed message.
    if (this.#isHeld) this.#isStopped = true
    else this.#startLoop.call(this.#reader, this.#finish)
    this.#join()
    // Fragments are no events, so core cannot count them. One read a turn is parsed while a message in
    // fragments is not complete.
    if (this.#reader._fragmented !== 0) this.hold()
  }

  readonly #finish: Done = (error) => {
    if (this.#isHeld && !error) this.#isStopped = true
    else this.#done?.(error)
  }

  #join(): void {
    const { _buffers: buffers, _fragments: fragments, _mask: mask } = this.#reader
    if (buffers.length > 0) joinPieces(buffers, buffers.length - 1)
    if (fragments !== this.#fragments) {
      this.#fragments = fragments
      this.#settled = 0
    }
    if (fragments.length > this.#settled) this.#settled = joinPieces(fragments, this.#settled)
    if (mask === undefined || mask === this.#mask) return
    this.#mask = copyOfMask(mask)
    this.#reader._mask = this.#mask
  }
}

function readBounded(this: Reader, done: Done): void {
  this[BOUNDS]?.read(done)
}

function release(reader: BoundReader): void {
  reader.release()
}

function isReader(value: unknown): value is Reader {
  return (
    value instanceof Writable &&
    hasPieces(value, '_buffers') &&
    hasPieces(value, '_fragments') &&
    '_fragmented' in value &&
    '_mask' in value &&
    '_maxBufferedChunks' in value &&
    '_maxFragments' in value &&
    '_loop' in value &&
    typeof Reflect.get(value, 'startLoop') === 'function'
  )
}

function hasPieces(value: object, name: string): boolean {
  return Array.isArray(Reflect.get(value, name))
}

/** In V8's heap, where as few bytes as these take no memory of their own. */
function copyOfMask(mask: Buffer): Buffer {
  const copy = Buffer.alloc(mask.length)
  copy.set(mask)
  return copy
}
