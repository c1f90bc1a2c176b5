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
  startLoop(done: (error?: Error) => void): void
}

/**
 * Bounds the memory that a message takes until it is complete by the bytes that have come of it.
 *
 * ws keeps each fragment, and each packet of a frame, as it was read. A fragment of one byte holds all
 * that was read with it, 64 KiB at most, and a frame in packets of one byte takes hundreds of bytes for
 * each. ws bounds their number, which closes honest clients. Here they are joined whenever ws stops reading
 * frames, and may be as many as they like.
 *
 * Fragments are no events, so core cannot count them against the share of a turn. One read a turn is parsed
 * while a message in fragments is not complete.
 *
 * Where the fields are missing, nothing is done, and the bounds of ws stay.
 */
export function boundReader(socket: WebSocket): void {
  const reader = '_receiver' in socket ? socket._receiver : undefined
  if (!isReader(reader)) return
  reader._maxBufferedChunks = 0
  reader._maxFragments = 0
  const { startLoop } = reader
  let fragments = reader._fragments
  let settled = 0
  let mask: Buffer | undefined
  reader.startLoop = (done) => {
    startLoop.call(reader, done)
    const { _buffers: buffers } = reader
    if (buffers.length > 0) joinPieces(buffers, buffers.length - 1)
    if (reader._fragments !== fragments) {
      fragments = reader._fragments
      settled = 0
    }
    if (fragments.length > settled) settled = joinPieces(fragments, settled)
    if (reader._mask !== undefined && reader._mask !== mask) {
      mask = copyOfMask(reader._mask)
      reader._mask = mask
    }
    if (reader._fragmented !== 0) {
      reader.cork()
      setImmediate(readOn, reader)
    }
  }
}

function readOn(reader: Reader): void {
  reader.uncork()
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
