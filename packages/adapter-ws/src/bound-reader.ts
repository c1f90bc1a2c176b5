import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers'
import type { WebSocket } from 'ws'
import { joinPieces } from './join-pieces.ts'

const REST: unique symbol = Symbol('what is left of a read')

type Done = (error?: Error | null) => void

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
  startLoop(done: Done): void
  /** Whether it reads on. */
  _loop: boolean
  /** Whether there was a fault. Without one, the loop tells at its end that what was written is read. */
  _errored: boolean
  [REST]: Rest | undefined
}

/** What is left of a read. Made when something is, so that an idle connection has none. */
class Rest {
  fragments: readonly Buffer[] | undefined
  /** How many of the fragments are joined. */
  settled = 0
  mask: Buffer | undefined
  /** Whether nothing more is read in this turn. */
  isHeld = false
  /** Whether that was said within the loop, which then must not tell that all was read. */
  isCut = false
  /** Tells the stream that what was written is read. */
  done: Done | undefined
}

/**
 * Bounds the memory that a message takes until it is complete by the bytes that have come of it, and lets
 * {@link holdTurn} stop within what was read.
 *
 * ws keeps each fragment, and each packet of a frame, as it was read. A fragment of one byte holds all
 * that was read with it, 64 KiB at most, and a frame in packets of one byte takes hundreds of bytes for
 * each. ws bounds their number, which closes honest clients. Here they are joined whenever ws stops reading
 * frames, and may be as many as they like.
 *
 * Nothing is done where ws has no such fields, and the bounds of ws stay.
 */
export function boundReader(socket: WebSocket): void {
  const reader = readerOf(socket)
  if (!isReader(reader)) return
  reader[REST] = undefined
  // One function for all: a closure takes some hundred bytes of each connection.
  reader.startLoop = readBounded
  reader.end = endOnce
  reader._maxBufferedChunks = 0
  reader._maxFragments = 0
}

/**
 * Delivers nothing more of a socket in this turn of the event loop. To be called within a delivery.
 *
 * A single read can hold ten thousand messages, so pausing the socket is not enough to let others have a turn.
 * What is left of a read is not reported as written until the next turn. So it waits in order, with a close
 * frame behind messages, and ws pauses the socket by itself.
 *
 * @returns `false` for a socket whose reader has no bounds, of which it goes on.
 */
export function holdTurn(socket: WebSocket): boolean {
  const reader = readerOf(socket)
  if (!isReader(reader) || reader.startLoop !== readBounded) return false
  hold(reader).isCut = true
  reader._loop = false
  reader._errored = true
  return true
}

function readBounded(this: Reader, done: Done): void {
  // ws reads on by itself after a compressed message.
  const wasHeld = this[REST]?.isHeld === true
  if (!wasHeld) (Object.getPrototypeOf(this) as Reader).startLoop.call(this, done)
  const rest = this[REST]
  if (rest !== undefined && (wasHeld || rest.isCut)) {
    if (rest.isCut) this._errored = false
    rest.isCut = false
    rest.done = done
  }
  join(this)
  // Fragments are no events, so core cannot count them. One read a turn is parsed while a message in
  // fragments is not complete.
  if (this._fragmented !== 0) hold(this)
}

function hold(reader: Reader): Rest {
  reader[REST] ??= new Rest()
  const rest = reader[REST]
  if (!rest.isHeld) {
    rest.isHeld = true
    setImmediate(release, reader, rest)
  }
  return rest
}

/**
 * Ends the reader, unless it has ended. ws ends it up to three times, with the close frame, the end and the close of
 * the socket, and each time after the first the stream makes an error, with a trace of the stack, that nobody gets.
 */
function endOnce(this: Reader): Reader {
  if (!this.writableEnded) Reflect.apply(Writable.prototype.end, this, [])
  return this
}

/** Continues with what was read. */
function release(reader: Reader, rest: Rest): void {
  rest.isHeld = false
  const { done } = rest
  if (done === undefined) return
  rest.done = undefined
  reader.startLoop(done)
}

function join(reader: Reader): void {
  const { _buffers: buffers, _fragments: fragments, _mask: mask } = reader
  if (buffers.length > 0) joinPieces(buffers, buffers.length - 1)
  if (fragments.length === 0 && mask === undefined) return
  reader[REST] ??= new Rest()
  const rest = reader[REST]
  if (fragments !== rest.fragments) {
    rest.fragments = fragments
    rest.settled = 0
  }
  if (fragments.length > rest.settled) rest.settled = joinPieces(fragments, rest.settled)
  if (mask === undefined || mask === rest.mask) return
  rest.mask = copyOfMask(mask)
  reader._mask = rest.mask
}

function readerOf(socket: WebSocket): unknown {
  return '_receiver' in socket ? socket._receiver : undefined
}

/** What all readers are made from, once one of them was found to have the fields. */
let known: object | undefined

function isReader(value: unknown): value is Reader {
  if (!(value instanceof Writable)) return false
  const prototype: object = Object.getPrototypeOf(value)
  if (known !== prototype && !hasFields(value)) return false
  known = prototype
  return true
}

function hasFields(value: Writable): boolean {
  return (
    hasPieces(value, '_buffers') &&
    hasPieces(value, '_fragments') &&
    '_fragmented' in value &&
    '_mask' in value &&
    '_maxBufferedChunks' in value &&
    '_maxFragments' in value &&
    '_loop' in value &&
    '_errored' in value &&
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
