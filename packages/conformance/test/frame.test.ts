import { describe, expect, test } from 'vitest'
import { closePayload, encodeFrame, FrameReader, Opcode } from '../src/frame.ts'

/** The payload of a masked frame whose header has `headerLength` bytes, mask not counted. */
function unmask(frame: Buffer, headerLength: number): Buffer {
  const mask = frame.subarray(headerLength, headerLength + 4)
  return Buffer.from(frame.subarray(headerLength + 4).map((byte, i) => byte ^ (mask[i % 4] ?? 0)))
}

describe('encodeFrame', () => {
  test('writes a masked frame with the fewest bytes of length', () => {
    const frame = encodeFrame({ opcode: Opcode.Text, payload: 'Hello' })
    expect([...frame.subarray(0, 2)]).toEqual([0x81, 0x85])
    expect(unmask(frame, 2).toString()).toBe('Hello')
  })

  test.each([
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
  ])('writes %i bytes behind a header of %i bytes and the mask', (length, headerLength) => {
    const frame = encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(length).fill(7) })
    expect(frame.length).toBe(headerLength + 4 + length)
    expect(unmask(frame, headerLength).every((byte) => byte === 7)).toBe(true)
  })

  test('writes what a client must not send', () => {
    expect([...encodeFrame({ opcode: 0xf, rsv: 7, fin: false, masked: false })]).toEqual([0x7f, 0])
    expect([
      ...encodeFrame({ opcode: 2, masked: false, lengthBytes: 8, declaredLength: 2n ** 63n }),
    ]).toEqual([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0])
    expect([...encodeFrame({ opcode: 1, payload: 'a', masked: false, lengthBytes: 2 })]).toEqual([
      0x81, 126, 0, 1, 0x61,
    ])
  })
})

test('closePayload holds the code and the reason in UTF-8, or nothing', () => {
  expect([...closePayload(1000, 'é')]).toEqual([0x03, 0xe8, 0xc3, 0xa9])
  expect(closePayload().length).toBe(0)
})

describe('FrameReader', () => {
  const stream = Buffer.concat([
    encodeFrame({ opcode: Opcode.Text, payload: 'one', masked: false }),
    encodeFrame({ opcode: Opcode.Ping, masked: false }),
    encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(70_000), masked: false }),
    encodeFrame({ opcode: Opcode.Close, payload: closePayload(1000), masked: false }),
  ])

  test.each([1, 2, 3, 7, 1_000, 70_007, 100_000])(
    'reads a stream in pieces of %i bytes',
    (size) => {
      const reader = new FrameReader()
      const frames = []
      for (let i = 0; i < stream.length; i += size) {
        frames.push(...reader.push(stream.subarray(i, i + size)))
      }
      expect(frames.map(({ opcode, payload }) => [opcode, payload.length])).toEqual([
        [Opcode.Text, 3],
        [Opcode.Ping, 0],
        [Opcode.Binary, 70_000],
        [Opcode.Close, 2],
      ])
      expect(frames[0]?.payload.toString()).toBe('one')
    },
  )

  test.each([
    ['a mask', encodeFrame({ opcode: Opcode.Text, payload: 'a' }), /masked/],
    ['a reserved bit', encodeFrame({ opcode: 1, rsv: 4, masked: false }), /reserved bit/],
    ['a ping in fragments', encodeFrame({ opcode: 9, fin: false, masked: false }), /control frame/],
    [
      'a length in more bytes than it needs',
      encodeFrame({ opcode: 1, payload: 'a', lengthBytes: 8, masked: false }),
      /more bytes/,
    ],
  ])('is strict about %s', (_, bytes, message) => {
    expect(() => new FrameReader().push(bytes)).toThrow(message)
  })

  test('lets the first reserved bit pass on messages where it is told to, and there alone', () => {
    const reader = new FrameReader({ allowRsv1: true })
    const compressed = encodeFrame({ opcode: 1, rsv: 4, payload: 'a', masked: false })
    const plain = encodeFrame({ opcode: 1, payload: 'a', masked: false })
    expect(reader.push(Buffer.concat([compressed, plain])).map(({ rsv1 }) => rsv1)).toEqual([
      true,
      undefined,
    ])
    expect(() => reader.push(encodeFrame({ opcode: 9, rsv: 4, masked: false }))).toThrow(/reserved/)
  })
})
