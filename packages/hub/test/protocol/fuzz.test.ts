import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messagepack } from '../../src/messagepack.ts'
import { HandshakeReader } from '../../src/protocol/handshake.ts'
import { jsonEncoding } from '../../src/protocol/json/json-encoding.ts'
import { cutAt, cuts, damage, join, written } from './arbitraries.ts'
import { framed, hex, LIMIT, readAll } from './support.ts'

const bytes = fc.uint8Array({ maxLength: 300 })

describe.each([
  ['JSON', jsonEncoding],
  ['MessagePack', messagepack()],
])('in %s', (_, encoding) => {
  test('nothing but a RecordError comes of random bytes', () => {
    fc.assert(
      fc.property(bytes, cuts, (bytes, cuts) => {
        readAll(encoding, cutAt(bytes, cuts))
      }),
      { numRuns: 2_000 },
    )
  })

  test('nothing but a RecordError comes of damaged records, and little is kept of them', () => {
    fc.assert(
      fc.property(fc.array(written), damage, cuts, (records, damage, cuts) => {
        const bytes = damage(join(records, encoding))
        const reader = encoding.reader(LIMIT)
        let given = 0
        try {
          for (const part of cutAt(bytes, cuts)) {
            reader.push(part)
            given += part.length
            // What is no UTF-8 becomes one character for each byte at most.
            expect(reader.buffered).toBeLessThanOrEqual(given)
            while (reader.next() !== undefined);
          }
          expect(reader.buffered).toBeLessThanOrEqual(LIMIT)
        } catch (error) {
          expect(error).toMatchObject({ name: 'RecordError' })
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

test('nothing but a RecordError comes of random items in a record of MessagePack', () => {
  const begin = fc.constantFrom('', '96 01 80 a1 31 a1 54', '94 02 80 a1 31', '95 03 80 a1 31 03')
  fc.assert(
    fc.property(begin, bytes, (begin, bytes) => {
      readAll(messagepack(), [framed(Buffer.concat([hex(begin), bytes]))])
    }),
    { numRuns: 3_000 },
  )
})

test('a handshake of random bytes is accepted, refused or waited for', () => {
  const damaged = fc
    .tuple(fc.constantFrom('json', 'messagepack', 'x'), fc.integer({ max: 3 }), damage)
    .map(([protocol, version, damage]) =>
      damage(Buffer.from(`${JSON.stringify({ protocol, version })}\u001e`)),
    )
  fc.assert(
    fc.property(fc.oneof(bytes, damaged), cuts, (bytes, cuts) => {
      const reader = new HandshakeReader({
        encodings: [jsonEncoding, messagepack()],
        allowBinary: true,
        maxRecordSize: 200,
        detailedErrors: true,
      })
      for (const part of cutAt(bytes, cuts)) if (reader.push(part) !== undefined) return
    }),
    { numRuns: 2_000 },
  )
})

describe('what costs a client little costs the server little', () => {
  /** Milliseconds. Quadratic work on these would take minutes. */
  const BOUND = 20_000
  const LARGE = 2 ** 22

  test.each<[string, () => void]>([
    [
      'a record of JSON, byte by byte',
      () => {
        const reader = jsonEncoding.reader(LARGE)
        const byte = Uint8Array.of(0x20)
        for (let count = 0; count < 1_000_000; count++) {
          reader.push(byte)
          reader.next()
        }
        expect(reader.buffered).toBe(1_000_000)
      },
    ],
    [
      'a record of MessagePack, byte by byte',
      () => {
        const reader = messagepack().reader(LARGE)
        reader.push(hex('80 80 80 01'))
        for (let count = 0; count < 1_000_000; count++) {
          reader.push(Uint8Array.of(0))
          reader.next()
        }
        expect(reader.buffered).toBe(1_000_004)
      },
    ],
    [
      'brackets that do not close',
      () => {
        const text = `{"type":1,"target":"T","arguments":${'['.repeat(LARGE - 100)}\u001e`
        expect(readAll(jsonEncoding, [text], LARGE).error).toBeDefined()
      },
    ],
    [
      'ends that are none, before the end',
      () => {
        const text = `{"arguments":[${',"target":"","type":1}'.repeat(100_000)}\u001e`
        expect(readAll(jsonEncoding, [text], LARGE).error).toBeDefined()
      },
    ],
    [
      'small records in one message',
      () => {
        const reader = jsonEncoding.reader(LIMIT)
        reader.push('{"type":6}\u001e'.repeat(300_000))
        let count = 0
        while (reader.next() !== undefined) count++
        expect(count).toBe(300_000)
      },
    ],
    [
      'arrays that claim more than there is',
      () => {
        const items = Buffer.concat([hex('95 01 80 c0 a1 54'), Buffer.alloc(LARGE - 100, 0xdd)])
        expect(readAll(messagepack(), [framed(items)], LARGE).records).toMatchObject([
          { args: undefined },
        ])
      },
    ],
  ])('%s', (_, read) => {
    const start = performance.now()
    read()
    expect(performance.now() - start).toBeLessThan(BOUND)
  })
})
