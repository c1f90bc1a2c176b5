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

const COUNTER = { byteLength: (text: string) => Buffer.byteLength(text) }

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
          const sizes: number[] = []
          let acknowledged = 0
          for (const action of actions) {
            if (typeof action === 'number') {
              const number = Math.min(action, model.length)
              records.acknowledged(number)
              acknowledged = Math.max(acknowledged, number)
            } else {
              const given = action instanceof Uint8Array ? action.slice() : action
              const bytes = typeof given === 'string' ? Buffer.from(given) : given
              const size = bytes instanceof Uint8Array ? bytes.length : bytes.bytes.length
              expect(records.add(given, COUNTER)).toBe(size)
              model.push(action)
              sizes.push(size)
            }
            expect(records.first).toBe(acknowledged + 1)
            const kept = sizes.slice(acknowledged)
            const excess = kept.reduce((sum, size) => sum + size, 0) - 1_000
            expect(records.excess).toBe(excess > 0 ? excess + 64 * kept.length : 0)
          }
          expect(replayed(records).map(shown)).toEqual(model.slice(acknowledged).map(shown))
        }),
      )
    },
  )

  test('are in excess beyond the bound, and then each counts 64 bytes more', () => {
    const records = new SentRecords(100, 'text')
    records.add('x'.repeat(60), COUNTER)
    records.add('x'.repeat(40), COUNTER)
    expect(records.excess).toBe(0)
    records.add('x', COUNTER)
    expect(records.excess).toBe(1 + 3 * 64)
    records.acknowledged(1)
    expect(records.excess).toBe(0)
  })

  test('stay apart where one ends within a pair and the next one begins within it', () => {
    const records = new SentRecords(1_000, 'text')
    for (const record of ['\ud83d', '\ude00', 'é\ud83d', 'é']) records.add(record, COUNTER)
    expect(replayed(records)).toEqual(['\ufffd', '\ufffd', 'é\ufffd', 'é'])
  })

  test('are not overwritten once a wire has been given them', () => {
    const records = new SentRecords(100, 'binary')
    const COUNT = 100
    const send = (value: number): void => {
      for (let index = 0; index < COUNT; index++) {
        records.add(new Uint8Array(1_000).fill(value), COUNTER)
      }
    }
    send(1)
    const waiting = replayed(records)
    records.acknowledged(COUNT)
    send(2)
    expect(waiting).toHaveLength(COUNT)
    expect(new Set(waiting.flatMap((bytes) => [...(bytes as Uint8Array)]))).toEqual(new Set([1]))
  })

  test('cannot be acknowledged before they were sent', () => {
    const records = new SentRecords(100, 'text')
    records.add('x', COUNTER)
    expect(() => records.acknowledged(2)).toThrow(
      'Record 2 was acknowledged, but only 1 were sent.',
    )
  })
})
