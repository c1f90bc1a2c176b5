import type { Writable } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Done } from './ws-reader.ts'

/** A socket whose reader is guarded. */
export interface ReadSocket extends WebSocket {
  /** The reader has ended: behind the client's end of the stream, a close frame, or the end of the socket. */
  readerEnded(): void
}

/** A reader that knows its socket. */
export interface OwnedReader extends Writable {
  readonly socket: ReadSocket
  end(): this
}

/**
 * Guards what reads the frames of a socket, whichever fields it has: nothing is read behind a fault, and the socket is
 * told of its end.
 *
 * While a message is inflated, or the reader is held, Node queues what arrives. Later it passes all of it to the reader
 * in one loop, even behind a piece with a fault. ws 8.23 then looks for the mask of a frame that it has dropped, and
 * throws an error that nothing catches, which would end the process.
 *
 * ws tells the end of the stream only when the other side has ended too, which a client that takes nothing can put off
 * for ever.
 */
export function guard(Base: new () => OwnedReader): new () => OwnedReader {
  return class extends Base {
    override _write(chunk: Buffer, encoding: BufferEncoding, done: Done): void {
      if (this.errored === null) super._write(chunk, encoding, done)
    }

    /**
     * Ends the reader, unless it has ended. ws ends it up to three times, with the close frame, the end and the close
     * of the socket, and each time after the first the stream makes an error, with a trace of the stack, that nobody
     * gets.
     */
    override end(): this {
      return this.writableEnded ? this : super.end()
    }

    override _final(done: Done): void {
      this.socket.readerEnded()
      done()
    }
  }
}
