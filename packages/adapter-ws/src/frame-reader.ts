import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers'
import { WebSocket } from 'ws'
import { hasBufferutil } from './bufferutil.ts'
import { guard, type OwnedReader, type ReadSocket } from './guarded-reader.ts'
import { joinPieces } from './join-pieces.ts'
import { INFLATE_LIMIT, inflateMessage } from './message-deflate.ts'
import { unmask } from './unmask.ts'
import { type MessageReceiver, readWholeMessages } from './whole-messages.ts'
import { type Done, isReader, type Reader, readerOf } from './ws-reader.ts'

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

/** What a reader gets beside what ws has given it. */
interface Added {
  readonly socket: ReadSocket
  rest: Rest | undefined
}

/** The first opcode of control frames (RFC 6455, section 5.2). */
const CONTROL = 8

/** The extension that ws has agreed on for a socket that may compress. */
const DEFLATE = 'permessage-deflate'

/** Messages that are inflated in a turn, at most. A read can have thousands, and all other clients wait for it. */
const MAX_INFLATED = 64

/** With this mask, data stays as it is. */
const NO_MASK = Buffer.alloc(4)

/**
 * Has the reader of a socket {@link guard}ed, and extends it. It
 *
 * - reads whole messages itself, and unmasks and inflates others faster than ws,
 * - bounds the memory that a message takes until it is complete by the bytes that have come of it,
 * - lets {@link holdTurn} stop within what was read.
 *
 * ws keeps each fragment, and each packet of a frame, as it was read. A fragment of one byte holds all
 * that was read with it, 64 KiB at most, and a frame in packets of one byte takes hundreds of bytes for
 * each. ws bounds their number, which closes honest clients. Here they are joined whenever ws stops reading
 * frames, and may be as many as they like.
 *
 * A reader with other fields than those of ws 8.23 is guarded alone, and the bounds of ws stay.
 */
export function extendReader(socket: ReadSocket): void {
  const reader = readerOf(socket)
  if (!(reader instanceof Writable)) return
  const added: Added = { socket, rest: undefined }
  const prototype = prototypeFor(reader)
  // The prototype last, because V8 makes a shape of 900 bytes for each object that gets a property behind another one.
  Object.setPrototypeOf(Object.assign(reader, added), prototype)
  if (!isExtended(reader)) return
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
 * @returns `false` if the reader is not extended. It then goes on.
 */
export function holdTurn(socket: WebSocket): boolean {
  const reader = readerOf(socket)
  if (!isExtended(reader)) return false
  reader.holdTurn()
  return true
}

type ExtendedReader = InstanceType<ReturnType<typeof extend>>

/** Messages that were inflated of what is read now. */
let inflatedCount = 0

/** What the readers of a class are made from: theirs, by that of ws. */
const prototypes = new WeakMap<object, OwnedReader>()

function prototypeFor(reader: Writable): OwnedReader {
  const original: object = Object.getPrototypeOf(reader)
  let prototype = prototypes.get(original)
  if (prototype === undefined) {
    // The class that ws has made it from, whose objects get what an owned one has.
    const Guarded = guard(reader.constructor as new () => OwnedReader)
    // A guarded class has the fields of the one that it guards.
    const Made = isReader(reader) ? extend(Guarded as new () => Reader & OwnedReader) : Guarded
    prototype = Made.prototype as OwnedReader
    prototypes.set(original, prototype)
  }
  return prototype
}

function isExtended(reader: unknown): reader is ExtendedReader {
  return reader instanceof Writable && 'holdTurn' in reader
}

/** A class in place of functions that each reader has, which would take some hundred bytes of each connection. */
function extend(Base: new () => Reader & OwnedReader) {
  return class extends Base implements MessageReceiver {
    declare rest: Added['rest']

    override startLoop(done: Done): void {
      // ws reads on by itself after a compressed message.
      const wasHeld = this.rest?.isHeld === true
      inflatedCount = 0
      if (!wasHeld) super.startLoop(done)
      const { rest } = this
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

    override getInfo(done: Done): void {
      const [memory] = this._buffers
      if (memory !== undefined && this._fragmented === 0) {
        const count = readWholeMessages(memory, this)
        if (count > 0) this.consume(count)
        if (this.rest?.isCut === true) {
          this._loop = false
          return
        }
      }
      super.getInfo(done)
    }

    override getData(done: Done): void {
      const { _mask: mask, _payloadLength: length } = this
      const isWhole = mask !== undefined && length > 0 && this._bufferedBytes >= length
      const inflates =
        isWhole && length <= INFLATE_LIMIT && isCompressedMessage(this) && this.mayInflate()
      if (this.rest?.isCut === true) return
      if (isWhole && (inflates || !hasBufferutil)) {
        const data = this.consume(length)
        unmask(data, 0, length, mask, 0)
        // ws goes on with this data, and a mask that changes nothing.
        giveBack(this, data)
        this._mask = NO_MASK
        if (inflates) inflate(this)
      }
      super.getData(done)
    }

    get maxMessageSize(): number {
      return this._maxPayload
    }

    mayInflate(): boolean {
      // Of a closing connection nobody reads what comes.
      if (!(DEFLATE in this._extensions) || this.socket.readyState !== WebSocket.OPEN) return false
      if (inflatedCount === MAX_INFLATED) {
        this.holdTurn()
        return false
      }
      inflatedCount++
      return true
    }

    holdTurn(): void {
      hold(this).isCut = true
      this._loop = false
      this._errored = true
    }

    takeMessage(data: Buffer, isBinary: boolean): boolean {
      this.socket.emit('message', data, isBinary)
      return this.rest?.isCut !== true
    }
  }
}

/** Whether the frame that is read is a whole message that is compressed. */
function isCompressedMessage(reader: ExtendedReader): boolean {
  const { _compressed, _fin, _fragmented, _opcode } = reader
  return _compressed && _fin && _fragmented === 0 && _opcode < CONTROL
}

/** Inflates a message, for ws to go on as if it had not been compressed. */
function inflate(reader: ExtendedReader): void {
  const deflated = reader.consume(reader._payloadLength)
  const data = inflateMessage(deflated, reader._maxPayload)
  giveBack(reader, data ?? deflated)
  if (data === undefined) return
  reader._compressed = false
  reader._payloadLength = data.length
  reader._totalPayloadLength = data.length
}

function giveBack(reader: Reader, data: Buffer): void {
  if (data.length === 0) return
  reader._buffers.unshift(data)
  reader._bufferedBytes += data.length
}

function hold(reader: ExtendedReader): Rest {
  reader.rest ??= new Rest()
  const { rest } = reader
  if (!rest.isHeld) {
    rest.isHeld = true
    setImmediate(release, reader, rest)
  }
  return rest
}

/** Continues with what was read. */
function release(reader: ExtendedReader, rest: Rest): void {
  rest.isHeld = false
  const { done } = rest
  if (done === undefined) return
  rest.done = undefined
  reader.startLoop(done)
}

function join(reader: ExtendedReader): void {
  const { _buffers: buffers, _fragments: fragments, _mask: mask } = reader
  if (buffers.length > 0) joinPieces(buffers, buffers.length - 1)
  if (fragments.length === 0 && mask === undefined) return
  reader.rest ??= new Rest()
  const { rest } = reader
  if (fragments !== rest.fragments) {
    rest.fragments = fragments
    rest.settled = 0
  }
  if (fragments.length > rest.settled) rest.settled = joinPieces(fragments, rest.settled)
  if (mask === undefined || mask === rest.mask) return
  rest.mask = copyOfMask(mask)
  reader._mask = rest.mask
}

/** In V8's heap, where as few bytes as these take no memory of their own. */
function copyOfMask(mask: Buffer): Buffer {
  const copy = Buffer.alloc(mask.length)
  copy.set(mask)
  return copy
}
