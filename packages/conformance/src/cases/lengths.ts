import assert from 'node:assert/strict'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, encodeFrame, Opcode } from '../frame.ts'
import { cutAt, writeEach } from '../pieces.ts'
import { inFragments } from './fragments.ts'
import { type Violation, violationCases } from './violation.ts'

/** Around each length from which on the next longer form is needed. */
const edges = [124, 125, 126, 127, 65_534, 65_535, 65_536, 65_537]

const kinds: readonly (readonly [
  what: string,
  framesOf: (payload: Uint8Array) => readonly ClientFrame[],
])[] = [
  ['a text', (payload) => [{ opcode: Opcode.Text, payload }]],
  ['binary', (payload) => [{ opcode: Opcode.Binary, payload }]],
  ['a text in two fragments, the first', (payload) => inFragments(Opcode.Text, [payload, '!'])],
  ['binary in two fragments, the last', (payload) => inFragments(Opcode.Binary, ['!', payload])],
]

const around = kinds.flatMap(([what, framesOf]) =>
  edges.map(
    (length): UngroupedCase => ({
      name: `${what} of exactly ${length.toLocaleString('en')} bytes, comes back whole`,
      section: 'RFC 6455, section 5.2',
      async run(harness) {
        const server = await harness.start()
        const client = await server.open()
        const frames = framesOf(Buffer.alloc(length, 'length '))
        client.send(...frames, { opcode: Opcode.Text, payload: 'behind' })
        const sent = Buffer.concat(frames.map(({ payload = '' }) => Buffer.from(payload)))
        const echoed = Buffer.from(await client.message())
        assert.ok(echoed.equals(sent), `sent ${sent.length} bytes, got ${echoed.length}`)
        assert.equal(await client.message(), 'behind')
        client.close(1000)
        await server.expectClose({ code: 1000, wasClean: true, cause: 'client' })
      },
    }),
  ),
)

/** Lengths that take more bytes than they need: how long, in how many bytes. */
const wasteful: readonly (readonly [length: number, lengthBytes: 2 | 8])[] = [
  [0, 2],
  [1, 2],
  [125, 2],
  [0, 8],
  [125, 8],
  [126, 8],
  [65_535, 8],
]

function wastefulFrame(length: number, lengthBytes: 2 | 8): ClientFrame {
  return { opcode: Opcode.Text, payload: 'w'.repeat(length), lengthBytes }
}

const refusedWaste = violationCases(
  wasteful.map(
    ([length, lengthBytes]): Violation => ({
      what: `a length of ${length} in ${lengthBytes} bytes`,
      section: 'RFC 6455, section 5.2',
      frames: [wastefulFrame(length, lengthBytes)],
      cause: 'protocol-error',
      needs: ['minimal-length'],
    }),
  ),
)

const readWaste = wasteful.map(
  ([length, lengthBytes]): UngroupedCase => ({
    name: `a length of ${length} in ${lengthBytes} bytes is either refused or read as what it is`,
    section: 'RFC 6455, section 5.2',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      client.send(wastefulFrame(length, lengthBytes), { opcode: Opcode.Text, payload: 'behind' })
      client.close(4000)
      const { event } = await server.told.closed.next()
      const handed = server.told.messages.all
      if (event.cause === 'protocol-error') assert.deepEqual(handed, [])
      else assert.deepEqual(handed, ['w'.repeat(length), 'behind'])
    },
  }),
)

/** Lengths that no server can mean to read. A reader of 32 bits would take some for small ones. */
const absurd: readonly (readonly [what: string, length: bigint])[] = [
  ['2^63', 2n ** 63n],
  ['2^63 + 5', 2n ** 63n + 5n],
  ['2^64 - 1', 2n ** 64n - 1n],
  ['2^63 - 1', 2n ** 63n - 1n],
  ['2^53', 2n ** 53n],
  ['2^32', 2n ** 32n],
  ['2^32 + 5', 2n ** 32n + 5n],
]

const tooLong = absurd.flatMap(([what, declaredLength]) =>
  [false, true].map(
    (isContinued): UngroupedCase => ({
      name: `${isContinued ? 'a continuation' : 'a message'} with ${what} bytes announced ends the connection at once, and one code is sent and told`,
      section: 'RFC 6455, section 5.2',
      async run(harness) {
        const server = await harness.start()
        const client = await server.open()
        const opcode = isContinued ? Opcode.Continuation : Opcode.Binary
        if (isContinued) client.send({ opcode: Opcode.Binary, fin: false, payload: 'first' })
        client.send({ opcode, declaredLength, payload: 'start' })
        const { event } = await server.told.closed.next()
        // A length with the highest bit set is broken framing as well as too much.
        const isEither = declaredLength >= 2n ** 63n && event.cause === 'protocol-error'
        assert.deepEqual(
          { ...event },
          {
            code: isEither ? 1002 : 1009,
            reason: '',
            wasClean: false,
            cause: isEither ? 'protocol-error' : 'message-too-big',
          },
        )
        const [answer, ...more] = await client.remaining()
        if (harness.can('oversize-close')) assert.equal(answer?.opcode, Opcode.Close)
        if (answer !== undefined) assert.equal(answer.payload.readUInt16BE(), event.code)
        assert.deepEqual(more, [])
        assert.deepEqual(server.told.messages.all, [])
      },
    }),
  ),
)

const cut: readonly UngroupedCase[] = [2, 4, 10].map((headerLength) => ({
  name: `a frame that is cut anywhere in its header of ${headerLength} bytes and its mask is read whole`,
  section: 'RFC 6455, section 5.2',
  async run(harness) {
    const server = await harness.start()
    const client = await server.open()
    const length = headerLength === 2 ? 100 : headerLength === 4 ? 200 : 65_536
    const payload = 'c'.repeat(length)
    for (let place = 1; place <= headerLength + 4; place++) {
      const bytes = encodeFrame({ opcode: Opcode.Text, payload })
      await writeEach(client, cutAt(bytes, place))
      assert.ok((await client.message()) === payload, `cut behind ${place} bytes`)
    }
  },
}))

/** The length of a frame, in each of its three forms. */
export const lengthCases: readonly Case[] = inGroup('framing', [
  ...around,
  ...refusedWaste,
  ...readWaste,
  ...tooLong,
  ...cut,
])
