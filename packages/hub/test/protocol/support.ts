import type { HubEncoding } from '../../src/protocol/encoding.ts'
import { type Incoming, RecordError } from '../../src/protocol/record.ts'

export const LIMIT = 32_768

/**
 * What is read of what has arrived, in these parts, and the error at which reading ended.
 *
 * @param reads how many records are read after each part, before the next one comes. Default: all.
 */
export function readAll(
  encoding: HubEncoding,
  parts: readonly (string | Uint8Array)[],
  maxRecordSize: number = LIMIT,
  reads: readonly number[] = [],
): { records: Incoming[]; error: RecordError | undefined } {
  const reader = encoding.reader(maxRecordSize)
  const records: Incoming[] = []
  const read = (most = Number.POSITIVE_INFINITY): void => {
    for (let count = 0; count < most; count++) {
      const record = reader.next()
      if (record === undefined) return
      records.push(record)
    }
  }
  try {
    for (const [index, part] of parts.entries()) {
      reader.push(part)
      read(reads[index])
    }
    read()
  } catch (error) {
    if (error instanceof RecordError) return { records, error }
    throw error
  }
  return { records, error: undefined }
}

/** Bytes with their length before them, lowest bits first. */
export function framed(body: Uint8Array): Uint8Array {
  const prefix: number[] = []
  for (let rest = body.length; ; rest >>= 7) {
    if (rest < 0x80) return Buffer.concat([Uint8Array.from([...prefix, rest]), body])
    prefix.push((rest & 0x7f) | 0x80)
  }
}

/** Bytes written as hexadecimal numbers, with any space between. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
}
