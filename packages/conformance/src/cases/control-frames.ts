import assert from 'node:assert/strict'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, closePayload, Opcode } from '../frame.ts'
import { inFragments } from './fragments.ts'
import { type Violation, violationCases } from './violation.ts'

const LONGEST = 125

const controls: readonly (readonly [what: string, opcode: number])[] = [
  ['a ping', Opcode.Ping],
  ['a pong', Opcode.Pong],
  ['a close frame', Opcode.Close],
]

/** What makes any control frame wrong. */
const faults: readonly (readonly [
  what: string,
  section: string,
  make: (opcode: number) => readonly ClientFrame[],
])[] = [
  [
    'with more to follow',
    '5.5',
    (opcode) => [{ opcode, payload: payloadOf(opcode, 2), fin: false }],
  ],
  [
    'with more to follow, and the rest',
    '5.5',
    (opcode) => [
      { opcode, payload: payloadOf(opcode, 2), fin: false },
      { opcode: Opcode.Continuation, payload: 'rest' },
    ],
  ],
  [
    'with more to follow, between two fragments',
    '5.5',
    (opcode) => [
      { opcode: Opcode.Text, payload: 'first', fin: false },
      { opcode, payload: payloadOf(opcode, 2), fin: false },
    ],
  ],
  ...[126, 127, 65_535, 65_536].map(
    (length) =>
      [
        `of ${length} bytes`,
        '5.5',
        (opcode: number) => [{ opcode, payload: payloadOf(opcode, length) }],
      ] as const,
  ),
  [
    'with a short length in two bytes',
    '5.5',
    (opcode) => [{ opcode, payload: payloadOf(opcode, 2), lengthBytes: 2 }],
  ],
  [
    'with a short length in eight bytes',
    '5.5',
    (opcode) => [{ opcode, payload: payloadOf(opcode, 2), lengthBytes: 8 }],
  ],
  ['with 2^63 bytes announced', '5.5', (opcode) => [{ opcode, declaredLength: 2n ** 63n }]],
]

function payloadOf(opcode: number, length: number): Uint8Array {
  const payload = Buffer.alloc(length, 'p')
  if (opcode === Opcode.Close) closePayload(1000).copy(payload)
  return payload
}

const wrong = controls.flatMap(([what, opcode]) =>
  faults.map(
    ([how, section, make]): Violation => ({
      what: `${what} ${how}`,
      section: `RFC 6455, section ${section}`,
      frames: make(opcode),
      cause: 'protocol-error',
    }),
  ),
)

const pings: readonly UngroupedCase[] = [
  {
    name: 'pings with 0 to 125 bytes are each answered by a pong with the same bytes, in order',
    section: 'RFC 6455, section 5.5.3',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      // No text: every byte that there is comes in one of them.
      const payloads = Array.from({ length: LONGEST + 1 }, (_, length) =>
        Uint8Array.from({ length }, (_, i) => (255 - i + 2 * length) % 256),
      )
      client.send(...payloads.map((payload) => ({ opcode: Opcode.Ping, payload })))
      for (const payload of payloads) {
        const pong = await client.frame()
        assert.equal(pong.opcode, Opcode.Pong)
        assert.deepEqual(new Uint8Array(pong.payload), payload)
      }
      await server.expectEcho(client, 'still here')
      client.close(1000)
      await server.expectClose({ code: 1000, wasClean: true, cause: 'client' })
    },
  },
  {
    name: '5,000 pings in one piece are each answered, also between two fragments',
    section: 'RFC 6455, section 5.5.3',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const [first, last] = inFragments(Opcode.Text, ['first ', 'last'])
      assert.ok(first !== undefined && last !== undefined)
      const count = 5_000
      const pings = Array.from({ length: count }, (_, i) => ({
        opcode: Opcode.Ping,
        payload: `${i}`,
      }))
      client.send(...pings.slice(0, count / 2), first, ...pings.slice(count / 2), last)
      for (const { payload } of pings) {
        const pong = await client.frame()
        assert.equal(pong.opcode, Opcode.Pong)
        assert.equal(pong.payload.toString(), payload)
      }
      assert.equal(await client.message(), 'first last')
    },
  },
  {
    name: 'a ping before, between and behind any two fragments is answered where it stands',
    section: 'RFC 6455, section 5.4',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const fragments = inFragments(Opcode.Text, ['one', '', 'two', 'é', 'three', ''])
      for (let place = 0; place <= fragments.length; place++) {
        const ping = { opcode: Opcode.Ping, payload: `at ${place}` }
        client.send(...fragments.slice(0, place), ping, ...fragments.slice(place))
        const answers = [await client.frame(), await client.frame()]
        // Only what is whole can have been answered before the ping.
        if (place === fragments.length) answers.reverse()
        const [pong, message] = answers.map(({ opcode, payload }) => [opcode, payload.toString()])
        assert.deepEqual(pong, [Opcode.Pong, `at ${place}`])
        assert.deepEqual(message, [Opcode.Text, 'onetwoéthree'])
      }
      assert.equal(server.told.messages.all.length, fragments.length + 1)
    },
  },
  {
    name: 'pongs with 0 to 125 bytes that nobody asked for are ignored, also between fragments',
    section: 'RFC 6455, section 5.5.3',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const [first, last] = inFragments(Opcode.Binary, ['first', 'last'])
      assert.ok(first !== undefined && last !== undefined)
      const pongs = Array.from({ length: LONGEST + 1 }, (_, length) => ({
        opcode: Opcode.Pong,
        payload: new Uint8Array(length),
      }))
      client.send(...pongs, first, ...pongs, last)
      assert.deepEqual(await client.message(), Buffer.from('firstlast'))
      client.send(...pongs)
      client.close(1000)
      assert.equal((await client.closeFrame()).code, 1000)
      await server.expectClose({ code: 1000, wasClean: true, cause: 'client' })
      assert.deepEqual(await client.remaining(), [])
    },
  },
]

/** Control frames: where they may stand, how long they may be, and what is broken about them. */
export const controlFrameCases: readonly Case[] = inGroup('framing', [
  ...violationCases(wrong),
  ...pings,
])
