import type { MessageType } from '@wirebeat/core'
import { ByteReader, UnreadableError } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

// What servers send each other. A server reads a new version one release before it writes it, so that servers of
// two releases understand each other while one takes the place of the other.

const VERSION = 1

const KINDS = ['publications', 'mark', 'hello', 'alive', 'goodbye', 'question', 'answer'] as const

/** How many characters the name of an operation may have. */
export const MAX_OPERATION = 100

/** How many bytes the random number of a server's run has. */
export const RUN_BYTES = 8

/** Who has sent an envelope. */
export interface Sender {
  /** What tells one run of a server from all others. */
  readonly run: Uint8Array
  /** The name that the server was given. May be empty. */
  readonly name: string
}

/** The place of publications among those of one server to one topic. */
export interface Place {
  /** Each stream of publications of a server to a topic has a number of its own. Later ones have higher numbers. */
  readonly stream: number
  /** Milliseconds since the stream began. */
  readonly age: number
}

/** One publication in one encoding. */
export interface Variant {
  /** Empty for a publication that is the same in all encodings. */
  readonly encoding: string
  readonly type: MessageType
  readonly bytes: Uint8Array
}

/** A publication, as other servers get it. */
export interface RelayedPublication {
  readonly variants: readonly Variant[]
  /** Ids of connections that do not get it. */
  readonly except: readonly string[]
}

/** Publications that one turn has brought to one topic. Their numbers follow each other. */
export interface Publications extends Place {
  readonly kind: 'publications'
  /** The number of the first one. The first one of a stream has the number 1. */
  readonly first: number
  readonly publications: readonly RelayedPublication[]
}

/** Tells the number of the latest publication, for those who have missed it. */
export interface Mark extends Place {
  readonly kind: 'mark'
  readonly latest: number
  /** Whether the stream has ended. */
  readonly isFinal: boolean
}

/** A server says that it has come, that it is there, or that it leaves. */
export interface Presence {
  readonly kind: 'hello' | 'alive' | 'goodbye'
}

/** One server asks another one. */
export interface Question {
  readonly kind: 'question'
  readonly id: number
  readonly operation: string
  readonly data: Uint8Array
}

export type Outcome = 'done' | 'failed' | 'unknown-operation'

/** The answer to a question. */
export interface Answer {
  readonly kind: 'answer'
  readonly id: number
  readonly outcome: Outcome
  /** With `failed`, a sentence that says why. */
  readonly data: Uint8Array
}

export type Body = Publications | Mark | Presence | Question | Answer

/** Writes all envelopes, one after the other. To make one for each would take longer than the writing. */
const writer = new ByteWriter()

const OUTCOMES: readonly Outcome[] = ['done', 'failed', 'unknown-operation']

/** Writes all that stands before the publications of an envelope. They follow, as {@link writePublication} makes them. */
export function publicationsHead(
  sender: Sender,
  { stream, age }: Place,
  first: number,
  count: number,
): Uint8Array {
  const writer = begin(sender, 'publications')
  writePlace(writer, stream, age)
  writer.number(first)
  writer.number(count)
  return writer.finish()
}

/** How many bytes `publicationsHead` takes at most. */
export function longestHead({ name }: Sender): number {
  const numbers = 4 * 8
  // A character takes three bytes at most.
  return 2 + RUN_BYTES + 2 + 3 * name.length + numbers
}

/** How many bytes a question or an answer takes at most, beside its data. */
export function longestQuestionHead(sender: Sender): number {
  const id = 8
  const operation = 2 + 3 * MAX_OPERATION
  const length = 8
  return longestHead(sender) + id + operation + length
}

export function writePublication({ variants, except }: RelayedPublication): Uint8Array {
  writer.number(except.length)
  for (const id of except) writer.text(id)
  writer.number(variants.length)
  for (const { encoding, type, bytes } of variants) {
    writer.text(encoding)
    writer.byte(type === 'text' ? 0 : 1)
    writer.block(bytes)
  }
  return writer.finish()
}

/** Writes an envelope that holds no publications. */
export function writeEnvelope(sender: Sender, body: Exclude<Body, Publications>): Uint8Array {
  const writer = begin(sender, body.kind)
  if (body.kind === 'mark') {
    writePlace(writer, body.stream, body.age)
    writer.number(body.latest)
    writer.byte(body.isFinal ? 1 : 0)
  } else if (body.kind === 'question') {
    writer.number(body.id)
    writer.text(body.operation)
    writer.block(body.data)
  } else if (body.kind === 'answer') {
    writer.number(body.id)
    writer.byte(OUTCOMES.indexOf(body.outcome))
    writer.block(body.data)
  }
  return writer.finish()
}

/** Whether an envelope comes from this run of a server. Reads nothing else of it. */
export function isOf(run: Uint8Array, envelope: Uint8Array): boolean {
  for (let index = 0; index < RUN_BYTES; index++) {
    if (envelope[2 + index] !== run[index]) return false
  }
  return true
}

/** An envelope, with all that is in it. Its bytes are those of the envelope itself. */
export interface Envelope {
  readonly sender: Sender
  readonly body: Body
}

/** @throws UnreadableError for what is no envelope, or is one of another version. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  const reader = new ByteReader(bytes)
  const version = reader.byte()
  if (version !== VERSION) {
    throw new UnreadableError(`It has version ${version}. This server reads version ${VERSION}.`)
  }
  const kind = KINDS[reader.byte()]
  const sender = { run: reader.raw(RUN_BYTES), name: reader.text() }
  return { sender, body: readBody(reader, kind) }
}

function begin({ run, name }: Sender, kind: Body['kind']): ByteWriter {
  writer.byte(VERSION)
  writer.byte(KINDS.indexOf(kind))
  writer.raw(run)
  writer.text(name)
  return writer
}

function writePlace(writer: ByteWriter, stream: number, age: number): void {
  writer.number(stream)
  writer.number(Math.round(age))
}

function readBody(reader: ByteReader, kind: Body['kind'] | undefined): Body {
  switch (kind) {
    case 'publications':
      return readPublications(reader)
    case 'mark':
      return {
        kind,
        stream: reader.number(),
        age: reader.number(),
        latest: reader.number(),
        isFinal: reader.byte() === 1,
      }
    case 'question':
      return { kind, id: reader.number(), operation: reader.text(), data: reader.block() }
    case 'answer':
      return { kind, id: reader.number(), outcome: readOutcome(reader), data: reader.block() }
    case undefined:
      throw new UnreadableError('It is of an unknown kind.')
    default:
      return { kind }
  }
}

function readPublications(reader: ByteReader): Publications {
  const stream = reader.number()
  const age = reader.number()
  const first = reader.number()
  const publications = readList(reader, readPublication)
  return { kind: 'publications', stream, age, first, publications }
}

function readPublication(reader: ByteReader): RelayedPublication {
  const except = readList(reader, () => reader.text())
  const variants = readList(reader, readVariant)
  return { except, variants }
}

function readVariant(reader: ByteReader): Variant {
  return {
    encoding: reader.text(),
    type: reader.byte() === 0 ? 'text' : 'binary',
    bytes: reader.block(),
  }
}

function readList<Item>(reader: ByteReader, read: (reader: ByteReader) => Item): Item[] {
  const count = reader.number()
  // Each item takes a byte at least. A hostile number must not make this loop long.
  if (count > reader.remaining) throw new UnreadableError('It ends too early.')
  const items: Item[] = []
  while (items.length < count) items.push(read(reader))
  return items
}

function readOutcome(reader: ByteReader): Outcome {
  const outcome = OUTCOMES[reader.byte()]
  if (outcome === undefined) throw new UnreadableError('It has an unknown outcome.')
  return outcome
}
