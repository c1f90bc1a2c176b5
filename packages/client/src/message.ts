import { optionError } from './option-error.ts'
import type { Platform } from './platform.ts'

// Web standards that every runtime has; see clock.ts on why they are named here.
declare const Blob: new () => Platform<'Blob', BlobLike>
declare const TextEncoder: { new (): { encode(text: string): Uint8Array } }

/** A `Blob`, where the platform has no type for it. */
export interface BlobLike {
  readonly size: number
  readonly type: string
  arrayBuffer(): Promise<ArrayBuffer>
}

/** A message that can be sent. */
export type Data = Sendable | ArrayBufferLike | ArrayBufferView

/** A message in the form in which every WebSocket takes it. */
export type Sendable = string | Uint8Array | Platform<'Blob', BlobLike>

/**
 * A copy of the message, which does not change when its memory is changed later. Bytes become a Uint8Array:
 * WebSockets send no shared memory, and some of them other views wrongly.
 *
 * @throws TypeError for what is no message.
 */
export function sendable(data: Data): Sendable {
  if (typeof data === 'string' || data instanceof Blob) return data
  // A page's frames have buffers of their own classes.
  const { buffer = data, byteOffset, byteLength } = Object(data)
  if (byteLength === undefined) throw optionError('data', data, 'a string, bytes or a Blob')
  return new Uint8Array(buffer, byteOffset, byteLength).slice()
}

/** The size of a message on the wire, in bytes. */
export function sizeOf(data: Sendable): number {
  if (typeof data === 'string') return new TextEncoder().encode(data).length
  return (data as Uint8Array).byteLength ?? (data as BlobLike).size
}
