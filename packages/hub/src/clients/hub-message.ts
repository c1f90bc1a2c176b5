import { decodeText, encodeText } from '@wirebeat/core/extension'
import { UnreadableError } from '@wirebeat/topics'

// What hubs of several servers send each other: a line of JSON, and behind it a record of the hub protocol where there
// is one. Members that a hub does not know are passed over, so that later releases can add some.

/** The members of the line. What comes from another server is not trusted. */
export type Head = Readonly<Record<string, unknown>>

/** One that was read. The record is on the memory of what was read. */
export interface HubMessage {
  readonly head: Head
  readonly record: Uint8Array
}

/** JSON has none in it: within a text it is written as an escape. */
const LINE_FEED = 0x0a
const NO_RECORD = new Uint8Array()

export function writeHubMessage(head: Head, record: Uint8Array = NO_RECORD): Uint8Array {
  const line = encodeText(`${JSON.stringify(head)}\n`)
  const bytes = new Uint8Array(line.length + record.length)
  bytes.set(line)
  bytes.set(record, line.length)
  return bytes
}

/** @throws UnreadableError */
export function readHubMessage(bytes: Uint8Array): HubMessage {
  const end = bytes.indexOf(LINE_FEED)
  if (end < 0) throw unreadable('It has no head.')
  const head = parse(decodeText(bytes.subarray(0, end)))
  return { head, record: bytes.subarray(end + 1) }
}

function parse(line: string): Head {
  let head: unknown
  try {
    head = JSON.parse(line)
  } catch {
    throw unreadable('Its head is no JSON.')
  }
  const isObject = typeof head === 'object' && head !== null && !Array.isArray(head)
  if (!isObject) throw unreadable('Its head is no object.')
  return head as Head
}

// The members of a head. Each function throws an UnreadableError for something else.

export function textOf(head: Head, name: string): string {
  return memberOf(head, name, isText)
}

export function flagOf(head: Head, name: string): boolean {
  return memberOf(head, name, (value) => typeof value === 'boolean')
}

export function countOf(head: Head, name: string): number {
  return memberOf(head, name, isCount)
}

export function listOf<Item>(
  head: Head,
  name: string,
  isItem: (item: unknown) => item is Item,
): readonly Item[] {
  return memberOf(
    head,
    name,
    (value): value is Item[] => Array.isArray(value) && value.every(isItem),
  )
}

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

export function unreadable(why: string): UnreadableError {
  const what = 'What a hub of another server has sent cannot be read.'
  return new UnreadableError(`${what} ${why}`)
}

function memberOf<Value>(
  head: Head,
  name: string,
  isValue: (value: unknown) => value is Value,
): Value {
  const value = head[name]
  if (isValue(value)) return value
  throw unreadable(`Its ${name} is missing or wrong.`)
}
