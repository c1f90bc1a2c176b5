import assert from 'node:assert/strict'
import type { Capability } from '@wirebeat/core/adapter'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import { type ClientFrame, closePayload, Opcode } from '../frame.ts'
import { type Violation, violationCases } from './violation.ts'

/** One code or more of each class that a client may send. */
const good: readonly (readonly [code: number, needs?: Capability])[] = [
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011].map((code) => [code] as const),
  ...[1012, 1013, 1014, 3000, 3500, 3999].map((code) => [code, 'close-code-range'] as const),
  ...[4000, 4500, 4999].map((code) => [code] as const),
]

const reasons = ['', 'tschüß 🌊', 'r'.repeat(123), '€'.repeat(41)]

const accepted = good.map(
  ([code, needs]): UngroupedCase => ({
    name: `a client’s close ${code} is told as it is, whatever its reason, and answered with its code`,
    section: 'RFC 6455, section 7.4',
    ...(needs && { needs: [needs] }),
    async run(harness) {
      const server = await harness.start()
      for (const reason of reasons) {
        const client = await server.open()
        client.close(code, reason)
        assert.equal((await client.closeFrame()).code, code)
        await server.expectClose({ code, reason, wasClean: true, cause: 'client' })
        assert.deepEqual(await client.remaining(), [])
      }
    },
  }),
)

const badCodes = [
  0, 1, 500, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2500, 2999, 5000, 5001, 9999,
  65_535,
]

const badReasons: readonly (readonly [what: string, bytes: readonly number[]])[] = [
  ['a byte that is never UTF-8', [0x61, 0xff]],
  ['a stray continuation byte', [0x80]],
  ['an overlong form', [0xc0, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['a character above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['a character that is cut off', [0x61, 0xe2, 0x82]],
]

function closeFrame(payload: Uint8Array): readonly ClientFrame[] {
  return [{ opcode: Opcode.Close, payload }]
}

function withReason(bytes: readonly number[]): Uint8Array {
  return Buffer.concat([closePayload(1000), Uint8Array.from(bytes)])
}

const violations: readonly Violation[] = [
  ...badCodes.flatMap((code) =>
    ['', 'because'].map(
      (reason): Violation => ({
        what: `a close frame with the code ${code} and ${reason === '' ? 'no' : 'a'} reason`,
        section: 'RFC 6455, section 7.4',
        frames: closeFrame(closePayload(code, reason)),
        cause: 'protocol-error',
        needs: ['close-payload'],
      }),
    ),
  ),
  ...[0x00, 0x03, 0xff].map(
    (byte): Violation => ({
      what: `a close frame that holds the byte ${byte} alone`,
      section: 'RFC 6455, section 5.5.1',
      frames: closeFrame(Uint8Array.of(byte)),
      cause: 'protocol-error',
      needs: ['close-payload'],
    }),
  ),
  ...badReasons.map(
    ([what, bytes]): Violation => ({
      what: `a close reason with ${what}`,
      section: 'RFC 6455, section 5.5.1',
      frames: closeFrame(withReason(bytes)),
      cause: 'invalid-data',
      needs: ['close-payload'],
    }),
  ),
]

const tolerated: readonly UngroupedCase[] = [
  {
    name: 'a close frame that must not be sent ends the connection all the same, and is told once',
    section: 'RFC 6455, section 7.1.5',
    async run(harness) {
      const server = await harness.start()
      for (const { frames, what } of violations) {
        const client = await server.open()
        client.send(...frames, { opcode: Opcode.Text, payload: 'behind' })
        const { event } = await server.told.closed.next()
        const codes = { client: 1005, 'protocol-error': 1002, 'invalid-data': 1007 }
        const expected = new Map<string, number>(Object.entries(codes)).get(event.cause)
        assert.deepEqual([event.code, event.reason], [expected, ''], what)
        const answers = await client.remaining()
        assert.ok(answers.length <= 1, `${what} was answered with ${answers.length} frames`)
        // Never a code that must not be on the wire, and so not the client's own.
        if (answers[0]?.payload.length) assert.equal(answers[0].payload.readUInt16BE(), expected)
      }
      assert.deepEqual(server.told.messages.all, [])
      assert.equal(server.told.closed.all.length, violations.length)
    },
  },
]

/** Close frames of the client: every class of code, and every kind of payload. */
export const closePayloadCases: readonly Case[] = inGroup('closing', [
  ...accepted,
  ...needing('wire', [...violationCases(violations), ...tolerated]),
])
