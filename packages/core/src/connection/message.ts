/** Whether a message is text (UTF-8) or binary (RFC 6455, section 5.6). */
export type MessageType = 'text' | 'binary'

/** A message as a session is handed it: a string for text, bytes for binary. Safe to keep. */
export type Message = string | Uint8Array

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

// A byte order mark is part of the message.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** The bytes of a text in UTF-8, with U+FFFD in place of a lone surrogate. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The bytes as a `Uint8Array` on the same memory; one that is a `Uint8Array` already as it is. */
export function bytesOf(data: Bytes): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data)
}

/** Copies a message out of the engine's memory. */
export function ownedMessage(data: Bytes, type: MessageType): Message {
  // Not slice(): a subclass of Uint8Array may share memory there, and hand out its own type.
  return type === 'text' ? decoder.decode(data) : new Uint8Array(bytesOf(data))
}
