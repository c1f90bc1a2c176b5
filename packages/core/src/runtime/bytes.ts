/**
 * Bytes in either form. An engine hands over what it has, and a view of it is made only for those who
 * look: to make one costs as much as all else that an echo adds to uWebSockets.js.
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

/** The bytes of a text in UTF-8, with U+FFFD in place of a lone surrogate. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The text of bytes in UTF-8. */
export function decodeText(data: Bytes): string {
  return decoder.decode(data)
}

/** The bytes as a `Uint8Array` on the same memory; one that is a `Uint8Array` already as it is. */
export function bytesOf(data: Bytes): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data)
}
