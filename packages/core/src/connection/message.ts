import { type Bytes, bytesOf, decodeText } from '../runtime/bytes.ts'

/** Whether a message is text (UTF-8) or binary (RFC 6455, section 5.6). */
export type MessageType = 'text' | 'binary'

/** A message as a session receives it: a string for text, bytes for binary. Safe to keep. */
export type Message = string | Uint8Array

/** The smallest message in bytes that is compressed, on a connection with compression. */
export const COMPRESSION_THRESHOLD: number = 1024

/** Copies a message out of the engine's memory. A string is nobody's memory. */
export function ownedMessage(data: string | Bytes, type: MessageType): Message {
  if (typeof data === 'string') return data
  // Not slice(): in a subclass of Uint8Array it may share memory and return that type.
  return type === 'text' ? decodeText(data) : new Uint8Array(bytesOf(data))
}
