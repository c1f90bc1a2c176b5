import { constants, deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readWholeMessages } from '../src/whole-messages.ts'

const TEXT = 0x81
const BINARY = 0x82
const COMPRESSED = 0x40
const MASK = Uint8Array.of(1, 20, 110, 240)

/** A masked frame, whose length takes two more bytes where it must or is told to. */
function frame(first: number, payload: string | Uint8Array, isLong = false): Buffer {
  const data = Buffer.from(payload)
  const { length } = data
  const header =
    isLong || length > 125 ? [first, 0xfe, length >> 8, length & 0xff] : [first, 0x80 | length]
  return Buffer.concat([
    Buffer.from(header),
    MASK,
    data.map((byte, index) => byte ^ (MASK[index % 4] ?? 0)),
  ])
}

function deflated(text: string): Buffer {
  return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

interface Limits {
  readonly maxMessageSize?: number
  readonly inflates?: boolean
  /** How many messages are taken. */
  readonly count?: number
}

function read(memory: Buffer, { maxMessageSize = 0, inflates = false, count = 99 }: Limits = {}) {
  const messages: string[] = []
  const taken = readWholeMessages(memory, {
    maxMessageSize,
    takeMessage(data, isBinary) {
      messages.push(isBinary ? data.toString('hex') : data.toString())
      return messages.length < count
    },
    mayInflate: () => inflates,
  })
  return { messages, taken }
}

/** New each time, because reading unmasks it. */
function usual(): Buffer {
  return Buffer.concat([frame(TEXT, 'one'), frame(BINARY, Uint8Array.of(2)), frame(TEXT, '')])
}

test('whole messages are read in order', () => {
  expect(read(usual())).toMatchObject({ messages: ['one', '02', ''], taken: usual().length })
})

test.for([1, 2, 5, 6, 8])('a frame of which %d bytes have come is left', (size) => {
  const part = frame(TEXT, 'two').subarray(0, size)
  expect(read(Buffer.concat([usual(), part])).taken).toBe(usual().length)
})

test('a length of two bytes is read, whether it must be one or not', () => {
  const long = 'é'.repeat(10_000)
  const memory = Buffer.concat([frame(TEXT, long), frame(TEXT, 'short', true)])
  expect(read(memory)).toMatchObject({ messages: [long, 'short'], taken: memory.length })
})

test('a message that may just be so large is read', () => {
  expect(read(frame(TEXT, 'four'), { maxMessageSize: 4 }).messages).toEqual(['four'])
})

test('compressed messages are read', () => {
  const memory = Buffer.concat([
    frame(TEXT | COMPRESSED, deflated('naïve')),
    frame(TEXT, 'one'),
    frame(BINARY | COMPRESSED, deflated('\u0001')),
  ])
  const messages = ['naïve', 'one', '01']
  expect(read(memory, { inflates: true })).toMatchObject({ messages, taken: memory.length })
})

test('nothing is read behind the message after which the receiver takes no more', () => {
  expect(read(usual(), { count: 2 }).messages).toEqual(['one', '02'])
})

const LEFT: readonly (Limits & { readonly what: string; readonly memory: Buffer })[] = [
  { what: 'a first fragment', memory: frame(0x01, 'a') },
  { what: 'a continuation', memory: frame(0x80, 'a') },
  { what: 'a close frame', memory: frame(0x88, '') },
  { what: 'a ping', memory: frame(0x89, '') },
  { what: 'a frame with a reserved bit', memory: frame(0xa1, 'a') },
  { what: 'an unknown opcode', memory: frame(0x83, 'a') },
  { what: 'a frame without a mask', memory: Buffer.from([TEXT, 6, 1, 2, 3, 4, 5, 6]) },
  { what: 'a length of eight bytes', memory: Buffer.from([TEXT, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]) },
  { what: 'a message that is too large', memory: frame(TEXT, 'five!'), maxMessageSize: 4 },
  { what: 'text that is not UTF-8', memory: frame(TEXT, Uint8Array.of(0x61, 0xff)) },
  {
    what: 'much text that is not UTF-8',
    memory: frame(TEXT, Buffer.concat([Buffer.alloc(500, 'a'), Uint8Array.of(0xff)])),
  },
  {
    what: 'a compressed message where that was not agreed on',
    memory: frame(TEXT | COMPRESSED, deflated('a')),
  },
  {
    what: 'compressed text that is not UTF-8',
    memory: frame(
      TEXT | COMPRESSED,
      deflateRawSync(Uint8Array.of(0xff), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4),
    ),
    inflates: true,
  },
  {
    what: 'compressed data with a fault',
    memory: frame(TEXT | COMPRESSED, Uint8Array.of(0xff, 0xff)),
    inflates: true,
  },
  {
    what: 'a compressed message that is too large',
    memory: frame(TEXT | COMPRESSED, deflated('a'.repeat(1_001))),
    inflates: true,
    maxMessageSize: 1_000,
  },
  {
    what: 'a large compressed message',
    memory: frame(BINARY | COMPRESSED, Buffer.alloc(20_000)),
    inflates: true,
  },
]

test.for(LEFT)('$what is left as it came', ({ memory, ...limits }) => {
  const all = Buffer.concat([frame(TEXT, 'one'), memory])
  const expected = Buffer.from(all)
  const { messages, taken } = read(all, limits)
  expect(messages).toEqual(['one'])
  expect(all.subarray(taken).equals(expected.subarray(taken))).toBe(true)
  expect(all.length - taken).toBe(memory.length)
})
