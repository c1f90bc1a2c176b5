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

/** The bytes as a `Uint8Array` on the same memory. A `Uint8Array` is returned as it is. */
export function bytesOf(data: Bytes): Uint8Array {
  return isView(data) ? data : new Uint8Array(data)
}

/**
 * Whether a value is a `Uint8Array` or an `ArrayBuffer`. Each realm has classes of its own, such as those of
 * `node:vm` and of Jest, so where `instanceof` says no, the names decide that all realms have in common.
 */
export function isBytes(value: unknown): value is Bytes {
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return true
  const expected = ArrayBuffer.isView(value) ? '[object Uint8Array]' : '[object ArrayBuffer]'
  return Object.prototype.toString.call(value) === expected
}

/** Whether bytes are a view. */
function isView(data: Bytes): data is Uint8Array {
  return ArrayBuffer.isView(data)
}
