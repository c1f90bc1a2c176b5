import { type RecordError, RecordTooLargeError } from './record.ts'

/** The error for a record that is larger than the hub allows. */
export function tooLarge(maxSize: number): RecordError {
  return new RecordTooLargeError(
    `The maximum message size of ${maxSize}B was exceeded. Send less in one message, or raise maxRecordSize of the hub.`,
  )
}
