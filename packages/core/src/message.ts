import type { MessageType } from './transport.ts'

/** A message as a session is handed it: a string for text, bytes for binary. Safe to keep. */
export type Message = string | Uint8Array

// A web standard that every runtime has; see clock.ts on why it is named here.
declare const TextDecoder: {
  new (encoding: 'utf-8', options: { ignoreBOM: boolean }): { decode(data: Uint8Array): string }
}

// A byte order mark is part of the message.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Copies a message out of the engine's memory. */
export function ownedMessage(data: Uint8Array, type: MessageType): Message {
  // Not data.slice(): a subclass of Uint8Array may share memory there, and hand out its own type.
  return type === 'text' ? utf8.decode(data) : new Uint8Array(data)
}
