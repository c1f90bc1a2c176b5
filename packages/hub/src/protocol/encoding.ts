import type { Bytes } from '@wirebeat/core'
import { MAX_LEVELS } from './levels.ts'
import type { Incoming } from './record.ts'

/** One way to write the records of the hub protocol. */
export interface HubEncoding {
  /** The name by which clients ask for it in their handshake. */
  readonly name: string
  /** How its messages travel. Text encodings are written as strings, the others as bytes. */
  readonly format: 'text' | 'binary'

  /**
   * A reader for one connection.
   *
   * @param maxRecordSize the most bytes of one record, with what marks its end or its length
   */
  reader(maxRecordSize: number): RecordReader

  /**
   * A call of the client. With an id, the client answers.
   *
   * @throws SerializationError for an argument that cannot be written; so do all that take values.
   */
  invocation(target: string, args: readonly unknown[], id?: string): Encoded
  streamItem(id: string, item: unknown): Encoded
  /** The answer to a call. `undefined` is written as null. */
  result(id: string, value: unknown): Encoded
  /** The answer to a call that failed, or the end of a stream that failed. */
  failure(id: string, error: string): Encoded
  /** The end of a stream. */
  streamEnd(id: string): Encoded
  close(error: string | undefined, allowReconnect: boolean): Encoded
  acknowledgement(sequenceId: number): Encoded
  sequence(sequenceId: number): Encoded
  /** Always the same. */
  readonly ping: Encoded
}

/** One record, written whole. */
export type Encoded = string | Uint8Array

/**
 * Takes what arrives, split and joined in any way, and gives the records in it. Records are read when they are asked
 * for, so that who reads may stop in the middle.
 */
export interface RecordReader {
  /** The number of bytes that were pushed and not read. Of text, characters are counted. */
  readonly buffered: number
  /** Adds what has arrived. Bytes are copied where they are kept. */
  push(data: string | Bytes): void
  /**
   * The next record, or `undefined` when there is no whole one.
   *
   * @throws RecordError for one that cannot be read, or that is larger than `maxRecordSize`. Nothing more can be read.
   */
  next(): Incoming | undefined
  /** What is pushed from now on is not the rest of a record that has begun. That one is forgotten. */
  cutOff(): void
}

/** A value that cannot be sent, such as a bigint or an object that contains itself. The message says why. */
export class SerializationError extends Error {
  override readonly name = 'SerializationError'

  constructor(message: string, cause?: unknown) {
    super(message, { cause })
  }
}

/** For an object that contains itself as well, because that has no end of levels. */
export function tooDeep(): SerializationError {
  return new SerializationError(
    `The value contains itself, or has too many levels: a record may have ${MAX_LEVELS}, itself included.`,
  )
}
