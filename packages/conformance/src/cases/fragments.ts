import assert from 'node:assert/strict'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, Opcode } from '../frame.ts'

/** A message in pieces, as the frames that carry it. */
export function inFragments(
  opcode: number,
  fragments: readonly (string | Uint8Array)[],
): ClientFrame[] {
  return fragments.map((payload, i) => ({
    opcode: i === 0 ? opcode : Opcode.Continuation,
    fin: i === fragments.length - 1,
    payload,
  }))
}

const wave = new TextEncoder().encode('🌊')

const fragmented: readonly (readonly [
  what: string,
  fragments: readonly (string | Uint8Array)[],
  whole: string,
])[] = [
  ['a text in three fragments', ['one ', 'two ', 'three'], 'one two three'],
  ['a text with empty fragments at every place', ['', 'a', '', 'b', ''], 'ab'],
  ['a text of empty fragments alone', ['', '', ''], ''],
  ['a text with a character cut into its bytes', [...wave].map((b) => Uint8Array.of(b)), '🌊'],
  ['a text in 200 fragments', Array.from({ length: 200 }, () => 'x'), 'x'.repeat(200)],
]

const whole = fragmented.map(
  ([what, fragments, text]): UngroupedCase => ({
    name: `${what} is one message`,
    section: 'RFC 6455, section 5.4',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      client.send(...inFragments(Opcode.Text, fragments))
      assert.equal(await client.message(), text)
      assert.deepEqual(server.told.messages.all, [text])
    },
  }),
)

const control: readonly UngroupedCase[] = [
  {
    name: 'binary in fragments is one message, even where the cuts are packets',
    section: 'RFC 6455, section 5.4',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const fragments = [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3), Uint8Array.of(4)]
      for (const frame of inFragments(Opcode.Binary, fragments)) {
        client.ping('between')
        // The answer shows that the server has read by itself what came before the ping.
        assert.equal((await client.frame()).opcode, Opcode.Pong)
        client.send(frame)
      }
      assert.deepEqual(await client.message(), Buffer.of(1, 2, 3, 4))
    },
  },
  {
    name: 'a ping between two fragments is answered, and the message stays whole',
    section: 'RFC 6455, section 5.4',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const [first, last] = inFragments(Opcode.Text, ['before ', 'after'])
      assert.ok(first !== undefined && last !== undefined)
      client.send(first, { opcode: Opcode.Ping, payload: 'beat' }, last)
      const pong = await client.frame()
      assert.equal(pong.opcode, Opcode.Pong)
      assert.equal(pong.payload.toString(), 'beat')
      assert.equal(await client.message(), 'before after')
    },
  },
  ...['', 'payload', 'p'.repeat(125)].map(
    (payload): UngroupedCase => ({
      name: `a ping with ${payload.length} bytes is answered by a pong with the same`,
      section: 'RFC 6455, section 5.5.3',
      async run(harness) {
        const server = await harness.start()
        const client = await server.open()
        client.ping(payload)
        const pong = await client.frame()
        assert.equal(pong.opcode, Opcode.Pong)
        assert.equal(pong.payload.toString(), payload)
      },
    }),
  ),
  {
    name: 'a pong that nobody asked for is ignored',
    section: 'RFC 6455, section 5.5.3',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      client.pong('unasked')
      client.text('still here')
      const answer = await client.frame()
      assert.equal(answer.opcode, Opcode.Text)
      assert.equal(answer.payload.toString(), 'still here')
    },
  },
]

/** Messages in fragments, and the control frames that may stand between them. */
export const fragmentCases: readonly Case[] = inGroup('messages', [...whole, ...control])
