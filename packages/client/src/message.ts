import type { Platform } from './platform.ts'

// Web standards that every runtime has; see clock.ts on why they are named here.
declare const TextEncoder: { new (): { encode(text: string): Uint8Array } }

/** A `Blob`, where the platform has no type for it. */
export interface BlobLike {
  readonly size: number
  readonly type: string
  arrayBuffer(): Promise<ArrayBuffer>
}

/** A message that can be sent. */
export type Data = string | ArrayBufferLike | ArrayBufferView | Platform<'Blob', BlobLike>

/** The size of a message on the wire, in bytes. */
export function sizeOf(data: Data): number {
  if (typeof data === 'string') return new TextEncoder().encode(data).length
  return 'size' in data ? data.size : data.byteLength
}

/** A copy of a message, which does not change when its memory is changed later. */
export function snapshot(data: Data): Data {
  if (typeof data === 'string' || 'size' in data) return data
  if (!ArrayBuffer.isView(data)) return data.slice(0)
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
}
