import { describe, expect, test } from 'vitest'
import { messagepack } from '../../src/messagepack.ts'
import { framed, hex, LIMIT, readAll } from './support.ts'

const encoding = messagepack()
const PING = { kind: 'ping' }

/** A ping of so many bytes, its length included. */
function ping(size: number): Uint8Array {
  const prefix = size > 16_384 ? 3 : 2
  return framed(Buffer.concat([hex('91 06'), new Uint8Array(size - prefix - 2)]))
}

function bytewise(bytes: Uint8Array): Uint8Array[] {
  return [...bytes].map((byte) => Uint8Array.of(byte))
}

describe('a length', () => {
  test.each(['02', '8200', '828000', '82808000', '8280808000'])('may be %s', (prefix) => {
    const bytes = hex(`${prefix} 9106 ${prefix} 9106`)
    expect(readAll(encoding, [bytes]).records).toStrictEqual([PING, PING])
    expect(readAll(encoding, bytewise(bytes)).records).toStrictEqual([PING, PING])
  })

  test.each([
    ['of more than 5 bytes', '828080808000 9106'],
    ['of 5 bytes that goes on', '8080808080'],
    ['of 2 ** 31', '8080808008'],
  ])('%s is refused', (_, text) => {
    const message = 'Messages over 2GB in size are not supported.'
    for (const parts of [[hex(text)], bytewise(hex(text))]) {
      expect(readAll(encoding, [hex('02 9106'), ...parts])).toMatchObject({
        records: [PING],
        error: { message },
      })
    }
  })

  test('of more than the limit is refused before anything else has come', () => {
    const reader = encoding.reader(LIMIT)
    // 2 ** 31 - 1
    reader.push(hex('ff ff ff ff 07'))
    expect(reader.buffered).toBe(0)
    expect(() => reader.next()).toThrow(/^The maximum message size of 32768B was exceeded\./)
  })

  test('of nothing is a record that cannot be read', () => {
    for (const text of ['00', '8000']) {
      expect(readAll(encoding, [hex(text)]).error).toBeDefined()
      expect(readAll(encoding, bytewise(hex(text))).error).toBeDefined()
    }
  })
})

describe('a record', () => {
  test('may have as many bytes as the limit, its length included', () => {
    expect(ping(LIMIT)).toHaveLength(LIMIT)
    expect(readAll(encoding, [ping(LIMIT)]).records).toStrictEqual([PING])
    expect(readAll(encoding, bytewise(ping(LIMIT))).records).toStrictEqual([PING])
  })

  test('may not have one byte more', () => {
    const { records, error } = readAll(encoding, [hex('02 9106'), ping(LIMIT + 1)])
    expect(records).toStrictEqual([PING])
    expect(error?.message).toMatch(/^The maximum message size of 32768B was exceeded\./)
  })

  test('may come with others in a message that is larger than the limit', () => {
    const bytes = Buffer.concat([ping(20_000), ping(20_000), ping(20_000)])
    expect(readAll(encoding, [bytes]).records).toHaveLength(3)
  })

  test('is copied where it is kept', () => {
    const reader = encoding.reader(LIMIT)
    const bytes = hex('02 9106 02 91')
    reader.push(bytes)
    bytes.fill(0)
    reader.push(hex('06'))
    expect([reader.next(), reader.next(), reader.next()]).toStrictEqual([PING, PING, undefined])
  })

  test('is still there when others have been read by another reader', () => {
    const [one, other] = [encoding.reader(LIMIT), encoding.reader(LIMIT)]
    one.push(hex('03 9208 01 03 9208 02 03'))
    expect(one.next()).toMatchObject({ sequenceId: 1 })
    other.push(hex('03 9208 03 03 9208 04'))
    one.push(hex('9208 05'))
    expect([one.next(), other.next(), one.next(), other.next()]).toMatchObject(
      [2, 3, 5, 4].map((sequenceId) => ({ sequenceId })),
    )
    expect([one.next(), other.next()]).toStrictEqual([undefined, undefined])
    expect([one.buffered, other.buffered]).toStrictEqual([0, 0])
  })

  test('that was pushed and not read is counted', () => {
    const reader = encoding.reader(LIMIT)
    reader.push(hex('02 9106 02 9106 02'))
    reader.push(hex('91 06 02'))
    expect(reader.buffered).toBe(10)
    reader.next()
    expect(reader.buffered).toBe(7)
    reader.next()
    reader.next()
    expect(reader.buffered).toBe(1)
  })

  test.each<[string, ArrayBuffer | Buffer]>([
    ['an ArrayBuffer', Uint8Array.of(2, 0x91, 6).buffer],
    ['a Buffer', Buffer.from([2, 0x91, 6])],
  ])('may come in %s', (_, data) => {
    const reader = encoding.reader(LIMIT)
    reader.push(data)
    expect(reader.next()).toStrictEqual(PING)
  })
})
