import { type HubEncoding, SerializationError } from '../encoding.ts'
import { MessagePackReader } from './messagepack-reader.ts'
import { ValueWriter } from './value-writer.ts'

/** The most bytes of the length before a record. */
const PREFIX = 5
const MAX_LENGTH = 2 ** 31 - 1

const NO_HEADERS = 0x80
const EMPTY_ARRAY = 0x90
/** What a completion says. */
const FAILED = 1
const NO_RESULT = 2
const RESULT = 3
/** How many arrays are around an item of a record, and around an argument. */
const IN_RECORD = 1
const IN_ARGUMENTS = 2

/**
 * The encoding that clients with the MessagePack protocol speak. Bytes travel as they are, and dates as times.
 *
 * ```ts
 * const hub = createHub(chat, { encodings: [messagepack()] })
 * ```
 */
export function messagepack(): HubEncoding {
  return messagePackEncoding
}

const messagePackEncoding: HubEncoding = {
  name: 'messagepack',
  format: 'binary',
  ping: Uint8Array.of(2, 0x91, 6),

  reader: (maxRecordSize) => new MessagePackReader(maxRecordSize),

  invocation: (target, args, id) =>
    record(6, 1, (values) => {
      values.byte(NO_HEADERS)
      if (id === undefined) values.nil()
      else values.text(id)
      values.text(target)
      values.arrayHead(args.length)
      for (const arg of args) values.value(arg, IN_ARGUMENTS)
      values.byte(EMPTY_ARRAY)
    }),

  streamItem: (id, item) =>
    record(4, 2, (values) => {
      values.byte(NO_HEADERS)
      values.text(id)
      values.value(item, IN_RECORD)
    }),

  result: (id, value) =>
    record(5, 3, (values) => {
      values.byte(NO_HEADERS)
      values.text(id)
      values.byte(RESULT)
      values.value(value, IN_RECORD)
    }),

  failure: (id, error) =>
    record(5, 3, (values) => {
      values.byte(NO_HEADERS)
      values.text(id)
      values.byte(FAILED)
      values.text(error)
    }),

  streamEnd: (id) =>
    record(4, 3, (values) => {
      values.byte(NO_HEADERS)
      values.text(id)
      values.byte(NO_RESULT)
    }),

  close: (error, allowReconnect) =>
    record(3, 7, (values) => {
      if (error === undefined) values.nil()
      else values.text(error)
      values.boolean(allowReconnect)
    }),

  acknowledgement: (sequenceId) => record(2, 8, (values) => values.number(sequenceId)),
  sequence: (sequenceId) => record(2, 9, (values) => values.number(sequenceId)),
}

/** The writer that nobody uses. Reading a member of a value may run code that writes another record. */
let spare: ValueWriter | undefined

function record(items: number, type: number, write: (values: ValueWriter) => void): Uint8Array {
  const values = spare ?? new ValueWriter()
  spare = undefined
  try {
    values.reset()
    for (let index = 0; index < PREFIX; index++) values.byte(0)
    values.arrayHead(items)
    values.byte(type)
    write(values)
    return withLength(values)
  } catch (error) {
    if (error instanceof SerializationError) throw error
    throw new SerializationError(`The value cannot be written as MessagePack. ${error}`, error)
  } finally {
    spare = values
  }
}

/** The record with its length before it, lowest bits first. */
function withLength(values: ValueWriter): Uint8Array {
  let rest = values.size - PREFIX
  if (rest > MAX_LENGTH) throw new SerializationError('A record cannot be larger than 2 GiB.')
  let size = 1
  while (rest >= 0x80 ** size) size++
  const start = PREFIX - size
  for (let index = 0; index < size; index++) {
    values.byteAt(start + index, (rest & 0x7f) | (index < size - 1 ? 0x80 : 0))
    rest >>= 7
  }
  return values.copyFrom(start)
}
