import assert from 'node:assert/strict'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, encodeFrame, Opcode } from '../frame.ts'
import { cutAt, piecesOf, writeEach } from '../pieces.ts'
import { inFragments } from './fragments.ts'
import { expectViolation, type Violation, violationCases } from './violation.ts'

const texts: readonly (readonly [what: string, text: string])[] = [
  ['characters of one to four bytes', 'aé€🌊 zß漢𝄞'],
  [
    'the lowest and highest characters of each length',
    '\0\x7f\x80\u07ff\u0800\uffff\u{10000}\u{10ffff}',
  ],
  ['the neighbours of the surrogates', '\ud7ff\ue000'],
  ['noncharacters and a byte order mark', '\ufffe\ufdd0\ufeff\u{1ffff}'],
]

/** Every way to cut a text in two, inside of characters as well. */
function* halves(text: string): Iterable<readonly [Uint8Array, Uint8Array]> {
  const bytes = new TextEncoder().encode(text)
  for (let place = 0; place <= bytes.length; place++) yield cutAt(bytes, place)
}

const ways: readonly (readonly [
  what: string,
  cut: (text: string) => Iterable<readonly ClientFrame[]>,
])[] = [
  [
    'cut into two fragments at every byte',
    function* (text) {
      for (const parts of halves(text)) yield inFragments(Opcode.Text, parts)
    },
  ],
  [
    'cut in two with a ping and an empty fragment between, at every byte',
    function* (text) {
      for (const [start, end] of halves(text)) {
        const [first, ...rest] = inFragments(Opcode.Text, [start, '', end])
        if (first !== undefined) yield [first, { opcode: Opcode.Ping }, ...rest]
      }
    },
  ],
  [
    'with a fragment for each byte',
    (text) => [inFragments(Opcode.Text, [...piecesOf(new TextEncoder().encode(text), 1)])],
  ],
]

const good = texts.flatMap(([characters, text]) => [
  ...ways.map(
    ([what, cut]): UngroupedCase => ({
      name: `a text with ${characters}, ${what}, is one message`,
      section: 'RFC 6455, section 8.1',
      async run(harness) {
        const server = await harness.start()
        const client = await server.open()
        let count = 0
        for (const frames of cut(text)) {
          client.send(...frames)
          assert.equal(await client.message(), text, `message number ${++count}`)
        }
        assert.deepEqual(new Set(server.told.messages.all), new Set([text]))
        assert.equal(server.told.messages.all.length, count)
      },
    }),
  ),
  {
    name: `a text with ${characters}, cut into two packets at every byte, is one message`,
    section: 'RFC 6455, section 8.1',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const frame = encodeFrame({ opcode: Opcode.Text, payload: text })
      for (let place = 1; place < frame.length; place++) {
        await writeEach(client, cutAt(frame, place))
        assert.equal(await client.message(), text, `cut behind ${place} bytes`)
      }
    },
  } satisfies UngroupedCase,
])

const broken: readonly (readonly [what: string, bytes: readonly number[]])[] = [
  ['a byte 0xFF', [0xff]],
  ['a byte 0xFE', [0xfe]],
  ['a stray continuation byte 0x80', [0x80]],
  ['a stray continuation byte 0xBF', [0xbf]],
  ['a continuation byte too many', [0xc3, 0xa9, 0xa9]],
  ['a NUL in two bytes', [0xc0, 0x80]],
  ['an ASCII character in two bytes', [0xc1, 0xbf]],
  ['a character of two bytes in three', [0xe0, 0x9f, 0xbf]],
  ['a slash in three bytes', [0xe0, 0x80, 0xaf]],
  ['a character of three bytes in four', [0xf0, 0x8f, 0xbf, 0xbf]],
  ['a slash in four bytes', [0xf0, 0x80, 0x80, 0xaf]],
  ['the lowest surrogate', [0xed, 0xa0, 0x80]],
  ['the highest surrogate', [0xed, 0xbf, 0xbf]],
  ['a pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xbc, 0x8a]],
  ['U+110000', [0xf4, 0x90, 0x80, 0x80]],
  ['a character that begins with 0xF5', [0xf5, 0x80, 0x80, 0x80]],
  ['a character of five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]],
  ['a character of six bytes', [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]],
  ['one byte of a character of two', [0xc3]],
  ['one byte of a character of three', [0xe2]],
  ['two bytes of a character of three', [0xe2, 0x82]],
  ['one byte of a character of four', [0xf0]],
  ['two bytes of a character of four', [0xf0, 0x9f]],
  ['three bytes of a character of four', [0xf0, 0x9f, 0x8c]],
]

const places: readonly (readonly [what: string, before: string, after: string])[] = [
  ['', '', ''],
  [' at the end of a text', 'before é', ''],
  [' in the middle of a text', 'before é', '€ after'],
]

const violations = broken.flatMap(([what, bytes]) =>
  places.flatMap(([where, before, after]): readonly Violation[] => {
    const section = 'RFC 6455, section 8.1'
    const payload = Buffer.concat([Buffer.from(before), Uint8Array.from(bytes), Buffer.from(after)])
    const whole: ClientFrame = { opcode: Opcode.Text, payload }
    const inPieces = inFragments(Opcode.Text, [...piecesOf(payload, 1), ''])
    return [
      { what: `${what}${where}`, section, frames: [whole], cause: 'invalid-data' },
      {
        what: `${what}${where}, with a fragment for each byte`,
        section,
        frames: inPieces,
        cause: 'invalid-data',
      },
    ]
  }),
)

const anywhere: readonly UngroupedCase[] = [
  {
    name: 'a text is refused whichever of its bytes is broken, whole or in fragments',
    section: 'RFC 6455, section 8.1',
    async run(harness) {
      const text = Buffer.from('aé€🌊')
      for (const place of text.keys()) {
        const payload = Buffer.from(text)
        payload[place] = 0xff
        for (const frames of [
          [{ opcode: Opcode.Text, payload }],
          inFragments(Opcode.Text, cutAt(payload, place)),
        ]) {
          const what = `a text whose byte ${place} is broken`
          const section = 'RFC 6455, section 8.1'
          await expectViolation(harness, { what, section, frames, cause: 'invalid-data' })
        }
      }
    },
  },
  {
    name: 'bytes that are no UTF-8 are welcome in binary, whole or in fragments',
    section: 'RFC 6455, section 5.6',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      for (const [what, bytes] of broken) {
        const payload = Uint8Array.from(bytes)
        client.send({ opcode: Opcode.Binary, payload })
        client.send(...inFragments(Opcode.Binary, [...piecesOf(payload, 1)]))
        assert.deepEqual(await client.message(), Buffer.from(bytes), what)
        assert.deepEqual(await client.message(), Buffer.from(bytes), what)
      }
    },
  },
]

/** Text: UTF-8 that is cut anywhere, and what is none. */
export const utf8Cases: readonly Case[] = inGroup('framing', [
  ...good,
  ...violationCases(violations),
  ...anywhere,
])
