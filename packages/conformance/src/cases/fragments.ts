import assert from 'node:assert/strict'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, encodeFrame, Opcode } from '../frame.ts'

/** Milliseconds for sixty thousand frames on a busy machine. */
const PATIENCE = 15_000

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

const MIB = 1024 * 1024

const many = [64, 256].flatMap((size) =>
  [['a text', Opcode.Text] as const, ['binary', Opcode.Binary] as const].map(
    ([what, opcode]): UngroupedCase => ({
      name: `${what} of 4 MiB in fragments of ${size} bytes is one message`,
      section: 'RFC 6455, section 5.4',
      needs: ['wire', 'many-fragments'],
      async run(harness) {
        const server = await harness.start({ maxMessageSize: 4 * MIB })
        const client = await server.open()
        const piece = Buffer.alloc(size, 'many fragments ')
        const sent = Buffer.alloc(4 * MIB, piece)
        const next = encodeFrame({ opcode: Opcode.Continuation, fin: false, payload: piece })
        client.send({ opcode, fin: false, payload: piece })
        client.write(Buffer.alloc((sent.length / size - 1) * next.length, next))
        // The last one is empty, as of a sender that learns late that it has reached the end.
        client.send({ opcode: Opcode.Continuation })
        const message = await client.message(PATIENCE)
        assert.equal(typeof message, opcode === Opcode.Text ? 'string' : 'object')
        assert.ok(Buffer.from(message).equals(sent), `got ${message.length} bytes`)
      },
    }),
  ),
)

/** Messages in fragments. */
export const fragmentCases: readonly Case[] = inGroup('messages', [...texts, binary, ...many])
