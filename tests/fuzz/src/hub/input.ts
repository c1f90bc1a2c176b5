import fc from 'fast-check'
import type { Input } from '../input.ts'
import { cuts, isHasty, mutate, mutations } from '../mutation.ts'
import { MAX_RECORD_SIZE } from '../settings.ts'
import { type Encoding, type HubRecord, Type } from './record.ts'

/** What is sent for one purpose. `#` in an id stands for the number of the part, so that no two have the same. */
type Part = readonly HubRecord[]

const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const value = fc.jsonValue({ maxDepth: 3, stringUnit: 'grapheme' })
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const args = fc.array(value, { maxLength: 3 })
/** Names that a client is not to reach something by. */
const strange = fc.constantFrom('constructor', '__proto__', 'toString', 'connected', 'nobody', '0')
const anyCase = (name: string) => fc.constantFrom(name, name, name.toUpperCase())

const call = (target: string, given: fc.Arbitrary<readonly unknown[]>): fc.Arbitrary<Part> =>
  fc.record({ name: anyCase(target), given, isTold: fc.nat(9) }).map(({ name, given, isTold }) => [
    {
      type: Type.call,
      ...(isTold > 0 && { invocationId: 'c#' }),
      target: name,
      arguments: given,
    },
  ])

const calls = fc.oneof(
  call('echo', fc.tuple(value)),
  call('add', fc.tuple(int, int)),
  call('fail', fc.tuple(text)),
  call('ask', fc.tuple(text)),
  fc
    .tuple(fc.oneof(strange, fc.constantFrom('add', 'echo', 'ask', 'count', 'total')), args)
    .chain(([target, given]) => call(target, fc.constant(given))),
)

const asked = (target: string, given: readonly unknown[]): HubRecord => ({
  type: Type.stream,
  invocationId: 's#',
  target,
  arguments: given,
})
const cancellation: HubRecord = { type: Type.cancel, invocationId: 's#' }
const streams: fc.Arbitrary<Part> = fc.oneof(
  fc
    .tuple(fc.nat(20), fc.nat(4))
    .map(([to, chance]) => [asked('count', [to]), ...(chance === 0 ? [cancellation] : [])]),
  fc.nat(9).map((chance) => [asked('held', []), ...(chance === 0 ? [] : [cancellation])]),
  fc.tuple(strange, args).map(([target, given]) => [asked(target, given)]),
)

const uploads: fc.Arbitrary<Part> = fc
  .record({
    items: fc.array(fc.oneof({ weight: 9, arbitrary: int }, value), { maxLength: 15 }),
    error: fc.option(text, { nil: undefined, freq: 4 }),
    isEnded: fc.nat(14),
  })
  .map(({ items, error, isEnded }) => [
    { type: Type.call, invocationId: 'c#', target: 'total', arguments: [], streamIds: ['u#'] },
    ...items.map((item) => ({ type: Type.item, invocationId: 'u#', item })),
    ...(isEnded > 0
      ? [{ type: Type.completion, invocationId: 'u#', ...(error !== undefined && { error }) }]
      : []),
  ])

/** What comes to nothing. */
const idle: fc.Arbitrary<Part> = fc
  .oneof(
    fc.constant({ type: Type.ping }),
    fc.constantFrom(0, 10, -1, 99, 2 ** 31 - 1).map((type) => ({ type })),
    value.map((item) => ({ type: Type.item, invocationId: 'nobody', item })),
    value.map((result) => ({ type: Type.completion, invocationId: 'nobody', result })),
    fc.constant({ type: Type.cancel, invocationId: 'nobody' }),
    fc.nat().map((sequenceId) => ({ type: Type.acknowledgement, sequenceId })),
  )
  .map((record): Part => [record])

/** What ends a connection. */
const ends: fc.Arbitrary<Part> = fc
  .oneof(
    fc.option(text, { nil: undefined }).map((error) => ({
      type: Type.close,
      ...(error !== undefined && { error }),
    })),
    fc.constantFrom<HubRecord>({ type: 2 ** 31 }, { type: 'x' }, { type: null }),
    fc.constantFrom(1, 5_000).map((more) => ({
      type: Type.call,
      target: 'echo',
      arguments: ['x'.repeat(MAX_RECORD_SIZE + more)],
    })),
  )
  .map((record): Part => [record])

const parts = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: calls },
    { weight: 4, arbitrary: streams },
    { weight: 4, arbitrary: uploads },
    { weight: 3, arbitrary: idle },
    { weight: 1, arbitrary: ends },
  ),
  { minLength: 1, maxLength: 6 },
)

/** Parts of conversations with a hub, in any order that keeps each part's own. */
export function hubInput(encoding: Encoding): fc.Arbitrary<Input> {
  const random = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes))
  const written = fc
    .record({ parts, order: fc.array(fc.nat(5), { maxLength: 60 }), isTurned: fc.boolean() })
    .map(({ parts, order, isTurned }) =>
      Buffer.concat(
        merge(parts.map(numbered), order).map((record) =>
          encoding.write(isTurned ? turned(record) : record),
        ),
      ),
    )
  return fc
    .record({
      bytes: fc.oneof({ weight: 20, arbitrary: written }, { weight: 1, arbitrary: random }),
      mutations,
      cuts,
      isHasty,
      compression: fc.constant(false),
    })
    .map(({ bytes, mutations, ...rest }) => ({ ...rest, bytes: mutate(bytes, mutations) }))
}

function numbered(part: Part, number: number): Part {
  const named = (id: unknown): unknown =>
    typeof id === 'string' ? id.replace('#', `-${number}`) : id
  return part.map((record) => ({
    ...record,
    ...('invocationId' in record && { invocationId: named(record['invocationId']) }),
    ...(Array.isArray(record['streamIds']) && { streamIds: record['streamIds'].map(named) }),
  }))
}

/** @param order which part goes on next, of those that are left */
function merge(parts: readonly Part[], order: readonly number[]): readonly HubRecord[] {
  const left = parts.map((part) => [...part])
  const records: HubRecord[] = []
  for (let turn = 0; left.length > 0; turn++) {
    const place = (order[turn] ?? 0) % left.length
    const record = left[place]?.shift()
    if (record === undefined) left.splice(place, 1)
    else records.push(record)
  }
  return records
}

/** The same with its members the other way round, as no client writes them. */
function turned(record: HubRecord): HubRecord {
  return Object.fromEntries(Object.entries(record).toReversed())
}
