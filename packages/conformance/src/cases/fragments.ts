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

const fragmented: readonly (readonly [what: string, fragments: readonly string[]])[] = [
  ['a text with empty fragments at every place', ['', 'a', '', 'b', '']],
  ['a text of empty fragments alone', ['', '', '']],
  ['a text in 200 fragments', Array.from({ length: 200 }, () => 'x')],
]

const texts = fragmented.map(
  ([what, fragments]): UngroupedCase => ({
    name: `${what} is one message`,
    section: 'RFC 6455, section 5.4',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const text = fragments.join('')
      client.send(...inFragments(Opcode.Text, fragments))
      assert.equal(await client.message(), text)
      assert.deepEqual(server.told.messages.all, [text])
    },
  }),
)

const binary: UngroupedCase = {
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
}

/** Messages in fragments. */
export const fragmentCases: readonly Case[] = inGroup('messages', [...texts, binary])
