import { prepare } from '@wirebeat/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SentRecords } from '../src/session/sent-records.ts'

/** A record as a text, which is compared in no time. */
function shown(record: unknown): string {
  if (record instanceof Uint8Array) return Buffer.from(record).toString('hex')
  return typeof record === 'string' ? wellFormed(record) : JSON.stringify(record)
}

/** With U+FFFD for lone surrogates, as it is written on the wire. */
function wellFormed(text: string): string {
  return JSON.stringify(Buffer.from(text).toString())
}

function replayed(records: SentRecords): unknown[] {
  const sent: unknown[] = []
  records.replay((message) => sent.push(message))
  return sent
}

describe('records that were sent', () => {
  test.each(['text', 'binary'] as const)(
    'are kept as they were until they are acknowledged, whatever they are and in their order: %s',
    (format) => {
      const record = fc.oneof(
        fc.string(),
        fc.string({ unit: 'binary' }),
        fc.constantFrom(1_500, 3_000).map((size) => 'x'.repeat(size)),
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(1_500, 3_000).map((size) => new Uint8Array(size).fill(size % 251)),
        fc.string().map((text) => prepare(text)),
      )
      const action = fc.oneof({ weight: 3, arbitrary: record }, fc.nat(12))
      fc.assert(
        fc.property(fc.array(action), (actions) => {
          const records = new SentRecords(1_000, format)
          const model: unknown[] = []
          let acknowledged = 0
          for (const action of actions) {
            if (typeof action === 'number') {
              const number = Math.min(action, model.length)
              records.acknowledged(number)
              acknowledged = Math.max(acknowledged, number)
            } else {
              const given = action instanceof Uint8Array ? action.slice() : action
              const bytes = typeof given === 'string' ? Buffer.from(given) : given
              records.add(given, bytes instanceof Uint8Array ? bytes.length : bytes.bytes.length)
              model.push(action)
            }
            expect(records.first).toBe(acknowledged + 1)
          }
          expect(replayed(records).map(shown)).toEqual(model.slice(acknowledged).map(shown))
        }),
      )
    },
  )

  test('are in excess beyond the bound, and then each counts 64 bytes more', () => {
    const records = new SentRecords(100, 'text')
    records.add('x'.repeat(60), 60)
    records.add('x'.repeat(40), 40)
    expect(records.excess).toBe(0)
    records.add('x', 1)
    expect(records.excess).toBe(1 + 3 * 64)
    records.acknowledged(1)
    expect(records.excess).toBe(0)
  })

  test('are not overwritten once a wire has been given them', () => {
    const records = new SentRecords(100, 'binary')
    records.add(Uint8Array.of(1, 2), 2)
    const [waiting] = replayed(records)
    records.acknowledged(1)
    records.add(Uint8Array.of(3, 4), 2)
    expect(waiting).toEqual(Uint8Array.of(1, 2))
  })

  test('cannot be acknowledged before they were sent', () => {
    const records = new SentRecords(100, 'text')
    records.add('x', 1)
    expect(() => records.acknowledged(2)).toThrow(
      'Record 2 was acknowledged, but only 1 were sent.',
    )
  })
})
