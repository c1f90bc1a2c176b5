import type { MessageType } from './transport.ts'

/** A message as a session is handed it: a string for text, bytes for binary. Safe to keep. */
export type Message = string | Uint8Array

// Web standards that every runtime has; see clock.ts on why they are named here.
declare const TextDecoder: {
  new (encoding: 'utf-8', options: { ignoreBOM: boolean }): { decode(data: Uint8Array): string }
}
declare const TextEncoder: { new (): { encode(text: string): Uint8Array } }

// A byte order mark is part of the message.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** The bytes of a text in UTF-8, with U+FFFD in place of a lone surrogate. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Copies a message out of the engine's memory. */
export function ownedMessage(data: Uint8Array, type: MessageType): Message {
  // Not data.slice(): a subclass of Uint8Array may share memory there, and hand out its own type.
  return type === 'text' ? decoder.decode(data) : new Uint8Array(data)
}
