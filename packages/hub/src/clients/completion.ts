import { bytesOf } from '@wirebeat/core/extension'
import type { HubEncoding } from '../protocol/encoding.ts'
import type { Completion } from '../protocol/record.ts'
import { unreadable } from './hub-message.ts'

// What a client has answered goes to the server that asked as a record in the encoding of that client.

export function writeCompletion(
  encoding: HubEncoding,
  { id, error, hasResult, result }: Completion,
): Uint8Array {
  if (error !== undefined) return bytesOf(encoding.failure(id, error))
  return bytesOf(hasResult ? encoding.result(id, result) : encoding.streamEnd(id))
}

/** @throws UnreadableError */
export function readCompletion(encoding: HubEncoding, record: Uint8Array, id: string): Completion {
  const reader = encoding.reader(Math.max(1, record.length))
  let incoming: ReturnType<typeof reader.next>
  try {
    reader.push(record)
    incoming = reader.next()
  } catch {
    throw unreadable('Its record cannot be read.')
  }
  if (incoming?.kind === 'completion' && incoming.id === id) return incoming
  throw unreadable('Its record is no answer to what was asked.')
}
