import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Node writes everything that waits as one batch, and counts the whole batch until its last byte is taken.
 * Only the handle knows how much of a batch is left; with TLS, the handle below does. Handles are not a
 * public API, but Node's own socket timeout uses one. Without a handle, a batch counts until all of it is
 * taken.
 */
export type NodeStream = Duplex & { readonly _handle?: NodeHandle | null }

interface NodeHandle {
  readonly writeQueueSize?: number
  /** The handle below, with TLS. */
  readonly _parent?: NodeHandle
}

/** How much of what a stream has given to its handle is left there. */
export function waitingBelow({ _handle: handle }: NodeStream): number {
  return (handle?.writeQueueSize ?? 0) + (handle?._parent?.writeQueueSize ?? 0)
}

/** Bytes that are given to the system at a time. */
const PIECE = 64 * 1024

/** A socket as far as it is needed. Deno has `_handle` as Node has it, but not what this file adds. */
interface Writer {
  readonly _handle?: { writeQueueSize?: number } | null
  _write(
    chunk: Buffer | string,
    encoding: BufferEncoding | 'buffer',
    done: (error?: Error | null) => void,
  ): void
  _writev?: unknown
}

/**
 * Has a socket tell how much of its present write is left, where it does not do so by itself, as on Deno: a slow
 * client that takes bytes would not be told from one that takes none. Each write is given to the system in pieces,
 * and the handle is given the property that Node's handle has.
 */
export function tellWriteQueueSize(stream: Duplex): void {
  if (!(stream instanceof Socket)) return
  // Not public, on any runtime.
  const writer = stream as Duplex as unknown as Writer
  const { _handle: handle } = writer
  if (!handle || handle.writeQueueSize !== undefined) return
  handle.writeQueueSize = 0
  const write = writer._write
  // Many writes at once would be one, of which nothing is known until its end.
  writer._writev = null
  writer._write = (chunk, encoding, done) => {
    // A socket is given strings as they are. The encoding is that of the string.
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk
    let start = 0
    const next = (error?: Error | null): void => {
      if (error || start >= bytes.length) {
        handle.writeQueueSize = 0
        done(error)
        return
      }
      const piece = bytes.subarray(start, start + PIECE)
      handle.writeQueueSize = bytes.length - start
      start += PIECE
      write.call(stream, piece, 'buffer', next)
    }
    next()
  }
}
