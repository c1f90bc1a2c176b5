import type { Writable } from 'node:stream'
import type { WebSocket } from 'ws'

/** Tells the stream that what was written is read. */
export type Done = (error?: Error | null) => void

/** What reads the frames of a socket. ws 8.23 has these fields, and none of them is public API. */
export interface Reader extends Writable {
  /** What was read of the frame that is not complete. */
  readonly _buffers: Buffer[]
  /** How many bytes these are. */
  _bufferedBytes: number
  /** What it reads next; `AT_FRAME` for the first bytes of a frame. */
  readonly _state: number
  /** The opcode of the frame that was read last, or is read. */
  readonly _opcode: number
  /** How many bytes of data the frame has that is read, and the message up to its end. */
  _payloadLength: number
  _totalPayloadLength: number
  /** Whether the message that is read is compressed. */
  _compressed: boolean
  /** Whether the frame that is read is the last of its message. */
  readonly _fin: boolean
  /** By the names of the extensions that were agreed on. */
  readonly _extensions: object
  /** How many bytes a message may have; 0 stands for any number. */
  readonly _maxPayload: number
  /** The fragments of the message that is not complete; another array for each message. */
  readonly _fragments: Buffer[]
  /** The opcode of the message in fragments that is not complete; 0 for none. */
  readonly _fragmented: number
  /** The mask of the frame that is not complete. */
  _mask: Buffer | undefined
  /** How many pieces of a frame there may be, and how many fragments; 0 for any number. */
  _maxBufferedChunks: number
  _maxFragments: number
  /** Whether it reads on. */
  _loop: boolean
  /** Whether there was a fault. Without one, the loop tells at its end that what was written is read. */
  _errored: boolean
  /** Takes bytes from what was read. */
  consume(count: number): Buffer
  /** Reads frames until more bytes are needed, or something must be waited for. */
  startLoop(done: Done): void
  /** Reads the first bytes of a frame. */
  getInfo(done: Done): void
  /** Reads the data of a frame, and what follows from it. */
  getData(done: Done): void
}

/** The state of a reader that expects a frame. */
const AT_FRAME = 0

/** The reader of a socket that is open. */
export function readerOf(socket: WebSocket): unknown {
  return '_receiver' in socket ? socket._receiver : undefined
}

/** Whether a reader has the fields that are known here, as ws has made it. */
export function isReader(value: Writable): value is Reader {
  return (
    hasPieces(value, '_buffers') &&
    hasPieces(value, '_fragments') &&
    Reflect.get(value, '_state') === AT_FRAME &&
    hasNumber(value, '_bufferedBytes') &&
    hasNumber(value, '_opcode') &&
    hasNumber(value, '_payloadLength') &&
    hasNumber(value, '_totalPayloadLength') &&
    hasNumber(value, '_maxPayload') &&
    hasNumber(value, '_fragmented') &&
    hasNumber(value, '_maxBufferedChunks') &&
    hasNumber(value, '_maxFragments') &&
    typeof Reflect.get(value, '_extensions') === 'object' &&
    '_compressed' in value &&
    '_fin' in value &&
    '_mask' in value &&
    '_loop' in value &&
    '_errored' in value &&
    hasMethod(value, 'consume') &&
    hasMethod(value, 'startLoop') &&
    hasMethod(value, 'getInfo') &&
    hasMethod(value, 'getData')
  )
}

function hasPieces(value: object, name: string): boolean {
  return Array.isArray(Reflect.get(value, name))
}

function hasNumber(value: object, name: string): boolean {
  return typeof Reflect.get(value, name) === 'number'
}

function hasMethod(value: object, name: string): boolean {
  return typeof Reflect.get(value, name) === 'function'
}
