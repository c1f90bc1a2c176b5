import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UnreadableError } from '../../src/index.ts'
import {
  type Body,
  type Publications,
  publicationsHead,
  readEnvelope,
  writeEnvelope,
  writePublication,
} from '../../src/relay/envelope.ts'
import { twoServers } from '../support/several-servers.ts'

const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const bytes = fc.uint8Array({ maxLength: 300 })
const sender = fc.record({
  run: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  name: fc.stringMatching(/^[\w.-]{0,64}$/),
})
const text = fc.string({ unit: 'binary', maxLength: 50 })
const body: fc.Arbitrary<Exclude<Body, Publications>> = fc.oneof(
  fc.record({
    kind: fc.constant('mark' as const),
    stream: number,
    age: number,
    latest: number,
    isFinal: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('hello', 'alive', 'goodbye') }),
  fc.record({ kind: fc.constant('question' as const), id: number, operation: text, data: bytes }),
  fc.record({
    kind: fc.constant('answer' as const),
    id: number,
    outcome: fc.constantFrom('done', 'failed', 'unknown-operation'),
    data: bytes,
  }),
)
const publication = fc.record({
  except: fc.array(text, { maxLength: 3 }),
  variants: fc.array(
    fc.record({ encoding: text, type: fc.constantFrom('text', 'binary'), bytes }),
    { maxLength: 3 },
  ),
})

describe('an envelope', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(sender, body, (from, content) => {
        const read = readEnvelope(writeEnvelope(from, content))
        expect(read).toEqual({ sender: from, body: content })
      }),
    )
  })

  test('of publications too', () => {
    fc.assert(
      fc.property(
        sender,
        number,
        number,
        number,
        fc.array(publication, { maxLength: 4 }),
        (from, stream, age, first, publications) => {
          const head = publicationsHead(from, { stream, age }, first, publications.length)
          const parts = [head, ...publications.map(writePublication)]
          const whole = Uint8Array.from(parts.flatMap((part) => [...part]))
          expect(readEnvelope(whole)).toEqual({
            sender: from,
            body: { kind: 'publications', stream, age, first, publications },
          })
        },
      ),
    )
  })

  test('that is damaged is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(
        sender,
        body,
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        (from, content, place, value) => {
          const envelope = writeEnvelope(from, content)
          envelope[place % envelope.length] = value
          for (const damaged of [envelope, envelope.subarray(0, place % envelope.length)]) {
            try {
              readEnvelope(damaged)
            } catch (error) {
              expect(error).toBeInstanceOf(UnreadableError)
            }
          }
        },
      ),
    )
  })

  test('that is anything is read or refused, in bounded memory', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.integer({ min: 0, max: 7 }),
        (noise, kind) => {
          const hostile = Uint8Array.from([1, kind, ...noise])
          try {
            readEnvelope(hostile)
          } catch (error) {
            expect(error).toBeInstanceOf(UnreadableError)
          }
        },
      ),
    )
  })
})

test.each([
  [[], 'It ends too early.'],
  [[2, 0], 'It has version 2. This server reads version 1.'],
  [[1, 77, 1, 2, 3, 4, 5, 6, 7, 8, 0], 'It is of an unknown kind.'],
  [[1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 1, 255, 255, 255, 255, 127], 'It ends too early.'],
  [[1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, ...Array(9).fill(255)], 'A number is too large.'],
  [[1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, ...Array(8).fill(128), 0, 0], 'A number is too large.'],
  [[1, 2, 1, 2, 3, 4, 5, 6, 7, 8, 2, 0xc3, 0x28], 'A text is not UTF-8.'],
])('what cannot be read is counted, dropped and told: %j', async (envelope, why) => {
  const { two, settle } = await twoServers()
  two.backplane.inject('servers', Uint8Array.from(envelope))
  await settle()
  expect(two.unreadable).toEqual([`A message on the channel servers cannot be read. ${why}`])
  expect(two.topics.stats().unreadable).toBe(1)
})
