import { isA } from './realm.ts'

/**
 * Bytes as a `Uint8Array` or an `ArrayBuffer`, whichever the engine has. Use {@link bytesOf} to read them.
 * Making a view for every message would take as long as the rest of an echo on uWebSockets.js.
 */
export type Bytes = Uint8Array | ArrayBuffer

// Web standards that every runtime has; see clock.ts on why they are named here.
declare const TextDecoder: {
  new (encoding: 'utf-8', options: { ignoreBOM: boolean }): { decode(data: Bytes): string }
}
declare const TextEncoder: { new (): { encode(text: string): Uint8Array } }

// A byte order mark is part of the text.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** Encodes a text as UTF-8. A lone surrogate becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Decodes UTF-8. */
export function decodeText(data: Bytes): string {
  return decoder.decode(data)
}

/**
 * The bytes as a `Uint8Array` on the same memory. A `Uint8Array` is returned as it is, and a text as UTF-8 in
 * memory of its own.
 */
export function bytesOf(data: string | Bytes): Uint8Array {
  if (typeof data === 'string') return encodeText(data)
  return isView(data) ? data : new Uint8Array(data)
}

/**
 * The bytes of a value of any realm as this realm has them, on the same memory.
 *
 * @returns `undefined` for a value that is neither a `Uint8Array` nor an `ArrayBuffer`.
 */
export function localBytes(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value
    return isA('Uint8Array', value) ? new Uint8Array(buffer, byteOffset, byteLength) : undefined
  }
  return isA('ArrayBuffer', value) ? new Uint8Array(value as ArrayBuffer) : undefined
}

function isView(data: Bytes): data is Uint8Array {
  return ArrayBuffer.isView(data)
}
