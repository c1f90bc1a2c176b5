import type { HubEncoding } from '../../src/protocol/encoding.ts'
import type { Incoming, RecordError } from '../../src/protocol/record.ts'

export const LIMIT = 32_768

/** All records in what has arrived, and the error at which reading ended. */
export function readAll(
  encoding: HubEncoding,
  parts: readonly (string | Uint8Array)[],
  maxRecordSize: number = LIMIT,
): { records: Incoming[]; error: RecordError | undefined } {
  const reader = encoding.reader(maxRecordSize)
  const records: Incoming[] = []
  try {
    for (const part of parts) {
      reader.push(part)
      for (let record = reader.next(); record !== undefined; record = reader.next()) {
        records.push(record)
      }
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'RecordError') {
      return { records, error: error as RecordError }
    }
    throw error
  }
  return { records, error: undefined }
}
