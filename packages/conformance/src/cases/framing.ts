import assert from 'node:assert/strict'
import type { Capability } from '@wirebeat/core/adapter'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, encodeFrame, Opcode } from '../frame.ts'
import { type Violation, violationCases } from './violation.ts'

const text: ClientFrame = { opcode: Opcode.Text, payload: 'innocent' }
const reserved: ClientFrame = { ...text, rsv: 4 }
const continuation: ClientFrame = { ...text, opcode: Opcode.Continuation }
const firstFragment: ClientFrame = { ...text, fin: false }
const notUtf8: ClientFrame = { ...text, payload: Uint8Array.of(0x61, 0xff) }

const misplaced: readonly (readonly [
  what: string,
  section: string,
  frames: readonly ClientFrame[],
  needs?: Capability,
])[] = [
  ['a continuation of nothing', '5.4', [continuation]],
  ['a new message inside a fragmented one', '5.4', [firstFragment, text]],
  [
    'new binary inside a fragmented text',
    '5.4',
    [firstFragment, { ...text, opcode: Opcode.Binary }],
    'interleaved-message',
  ],
  [
    'a new message inside a fragmented one, behind a pong',
    '5.4',
    [firstFragment, { opcode: Opcode.Pong }, text],
    'interleaved-message',
  ],
  ['a frame without a mask', '5.1', [{ ...text, masked: false }], 'unmasked'],
]

const violations = misplaced.map(
  ([what, section, frames, needs]): Violation => ({
    what,
    section: `RFC 6455, section ${section}`,
    frames,
    cause: 'protocol-error',
    ...(needs && { needs: [needs] }),
  }),
)

const faults: readonly (readonly [
  what: string,
  code: 1002 | 1007,
  frames: readonly ClientFrame[],
])[] = [
  ['a reserved bit', 1002, [reserved]],
  ['a reserved opcode', 1002, [{ ...text, opcode: 0x3 }]],
  ['a ping of 126 bytes', 1002, [{ opcode: Opcode.Ping, payload: 'p'.repeat(126) }]],
  ['a continuation of nothing', 1002, [continuation]],
  ['a new message inside a fragmented one', 1002, [firstFragment, text]],
  ['text that is not UTF-8', 1007, [notUtf8]],
]

const around: readonly UngroupedCase[] = [
  // The close frame alone, for what an engine cannot do is counted by the cases that it leaves out.
  ...[['broken framing', reserved, 1002] as const, ['broken UTF-8', notUtf8, 1007] as const].map(
    ([what, frame, code]): UngroupedCase => ({
      name: `${what} is answered with ${code}`,
      section: 'RFC 6455, section 7.1.7',
      needs: ['framing-close'],
      async run(harness) {
        const server = await harness.start()
        const client = await server.open()
        client.send(frame)
        assert.equal((await client.closeFrame()).code, code)
        await client.ended()
      },
    }),
  ),
  {
    name: 'a connection beside broken ones goes on',
    section: 'Design 7: Fairness and bounds',
    async run(harness) {
      const server = await harness.start()
      const bystander = await server.open()
      for (const [what, code, frames] of faults) {
        const client = await server.open()
        client.send(...frames)
        await server.expectClose({ code })
        await client.ended()
        await server.expectEcho(bystander, `unharmed by ${what}`)
      }
    },
  },
  ...[
    ['a reserved bit', reserved] as const,
    ['a continuation of a message that has ended', continuation] as const,
  ].map(
    ([what, frame]): UngroupedCase => ({
      name: `what came before ${what} is handed over, and nothing that comes behind it`,
      section: 'RFC 6455, section 7.1.7',
      async run(harness) {
        const server = await harness.start()
        const client = await server.open()
        client.send(text, frame, text)
        if (harness.can('framing-close')) assert.equal((await client.closeFrame()).code, 1002)
        await server.expectClose({ code: 1002, wasClean: false, cause: 'protocol-error' })
        assert.deepEqual(server.told.messages.all, ['innocent'])
      },
    }),
  ),
  {
    name: 'bytes that come in one packet with the handshake are the first message',
    section: 'RFC 6455, section 4.2.2',
    needs: ['early-data'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open({ early: encodeFrame({ ...text, payload: 'early' }) })
      assert.equal(await client.message(), 'early')
      await server.expectEcho(client, 'later')
    },
  },
]

/** Frames that must not stand where they do, and what is around broken ones. */
export const framingCases: readonly Case[] = inGroup('framing', [
  ...violationCases(violations),
  ...around,
])
