import assert from 'node:assert/strict'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import { deflatePayload, openDeflating } from '../deflate-client.ts'
import { type ClientFrame, closePayload, Opcode } from '../frame.ts'
import { piecesOf } from '../pieces.ts'
import { compressing, expectCompressedEcho, LONG, OFFER } from './compression.ts'
import { inFragments } from './fragments.ts'
import { type Violation, violationCases } from './violation.ts'

const LIMIT = 10_000

const bombs: readonly (readonly [what: string, size: number, fragment?: number])[] = [
  ['one byte more than the limit', LIMIT + 1],
  ['three times the limit', 3 * LIMIT],
  ['a thousand times the limit', 1_000 * LIMIT],
  ['a thousand times the limit, in small fragments,', 1_000 * LIMIT, 100],
]

function bomb(size: number, fragment = Number.POSITIVE_INFINITY): readonly ClientFrame[] {
  const data = deflatePayload(Buffer.alloc(size))
  return inFragments(Opcode.Binary, [...piecesOf(data, fragment)]).map((frame, i) =>
    i === 0 ? { ...frame, rsv: 4 } : frame,
  )
}

const tooBig = bombs.map(
  ([what, size, fragment]): UngroupedCase => ({
    name: `with compression, a message that inflates to ${what} ends with message-too-big`,
    section: 'Design 6: Closing and causes',
    async run(harness) {
      const { server, client } = await compressing(harness, { maxMessageSize: LIMIT })
      const bystander = await server.open()
      client.send(...bomb(size, fragment))
      client.close(1009)
      await server.expectClose({ code: 1009, cause: 'message-too-big' })
      if (harness.can('oversize-close')) assert.equal((await client.closeFrame()).code, 1009)
      assert.deepEqual(server.told.messages.all, [])
      await server.expectEcho(bystander, 'unharmed')
    },
  }),
)

/** A letter, and the code 286 with a distance of one, by fixed codes (RFC 1951, section 3.2.6). */
const NEVER_OCCURS = Uint8Array.of(0x2a, 0x19, 0x03, 0x00, 0x00)

const faults: readonly Omit<Violation, 'section'>[] = [
  ...[
    ['ping', { opcode: Opcode.Ping, payload: 'p' }] as const,
    ['pong', { opcode: Opcode.Pong, payload: 'p' }] as const,
    ['close frame', { opcode: Opcode.Close, payload: closePayload(1000) }] as const,
  ].map(
    ([what, frame]): Omit<Violation, 'section'> => ({
      what: `a ${what} that says it is compressed`,
      frames: [{ ...frame, rsv: 4 }],
      cause: 'protocol-error',
      needs: ['compressed-control'],
    }),
  ),
  {
    what: 'a continuation that says it is compressed',
    frames: inFragments(Opcode.Text, [deflatePayload(LONG), '']).map((frame) => ({
      ...frame,
      rsv: 4,
    })),
    cause: 'protocol-error',
  },
  {
    what: 'the second reserved bit on a compressed message',
    frames: [{ opcode: Opcode.Text, rsv: 6, payload: deflatePayload('text') }],
    cause: 'protocol-error',
  },
  {
    what: 'compressed text that is not UTF-8',
    frames: [{ opcode: Opcode.Text, rsv: 4, payload: deflatePayload(Uint8Array.of(0x61, 0xff)) }],
    cause: 'invalid-data',
  },
  {
    what: 'compressed data that is none',
    frames: [{ opcode: Opcode.Text, rsv: 4, payload: Uint8Array.of(0xff, 0xff, 0xff, 0xff) }],
    cause: 'invalid-data',
    needs: ['inflate-error'],
  },
  {
    what: 'compressed data with a length code that never occurs',
    frames: [{ opcode: Opcode.Text, rsv: 4, payload: NEVER_OCCURS }],
    cause: 'invalid-data',
    needs: ['inflate-error', 'strict-inflate'],
  },
  {
    what: 'a compressed message from a client that did not offer it',
    frames: [{ opcode: Opcode.Text, rsv: 4, payload: deflatePayload('text') }],
    cause: 'protocol-error',
    async open(harness) {
      const server = await harness.start({ compression: true })
      return { server, client: await server.open() }
    },
  },
]

const violations = faults.map(
  (fault): Violation => ({
    open: compressing,
    ...fault,
    what: `with compression, ${fault.what}`,
    section: 'RFC 7692, section 6',
  }),
)

const unharmed: readonly UngroupedCase[] = [
  {
    name: 'with compression, data that cannot be inflated ends its own connection only',
    section: 'Design 7: Fairness and bounds',
    async run(harness) {
      const { server, client } = await compressing(harness)
      const bystander = await openDeflating(await server.connect(), OFFER)
      client.send({ opcode: Opcode.Text, rsv: 4, payload: Uint8Array.of(0xff, 0xff, 0xff, 0xff) })
      await client.ended()
      const { event } = await server.told.closed.next()
      assert.match(event.cause, /^(invalid-data|message-too-big)$/)
      bystander.sendCompressed(Opcode.Text, LONG)
      await expectCompressedEcho(bystander, LONG)
      assert.deepEqual(server.told.messages.all, [LONG])
    },
  },
]

/** permessage-deflate: what must not be believed. */
export const compressionFaultCases: readonly Case[] = [
  ...inGroup('limits', needing('wire', needing('compression', tooBig))),
  ...inGroup('framing', needing('compression', [...violationCases(violations), ...unharmed])),
]
