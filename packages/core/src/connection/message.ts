import { type Bytes, bytesOf, decodeText } from '../runtime/bytes.ts'

/** Whether a message is text (UTF-8) or binary (RFC 6455, section 5.6). */
export type MessageType = 'text' | 'binary'

/** A message as a session is handed it: a string for text, bytes for binary. Safe to keep. */
export type Message = string | Uint8Array

/** Copies a message out of the engine's memory. */
export function ownedMessage(data: Bytes, type: MessageType): Message {
  // Not slice(): a subclass of Uint8Array may share memory there, and hand out its own type.
  return type === 'text' ? decodeText(data) : new Uint8Array(bytesOf(data))
}
