import type { Platform } from './platform.ts'

// Web standards that every runtime has; see clock.ts on why they are named here.
declare const TextEncoder: { new (): { encode(text: string): Uint8Array } }

/** What is known of a Blob where the types of the platform have none. */
export interface BlobLike {
  readonly size: number
  readonly type: string
  arrayBuffer(): Promise<ArrayBuffer>
}

/** What can be sent. */
export type Data = string | ArrayBufferLike | ArrayBufferView | Platform<'Blob', BlobLike>

/** Bytes that the message takes on the wire. */
export function sizeOf(data: Data): number {
  if (typeof data === 'string') return new TextEncoder().encode(data).length
  return 'size' in data ? data.size : data.byteLength
}

/** The message as it is now, whatever is done later to the memory that it came in. */
export function snapshot(data: Data): Data {
  if (typeof data === 'string' || 'size' in data) return data
  if (!ArrayBuffer.isView(data)) return data.slice(0)
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
}
