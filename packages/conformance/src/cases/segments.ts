import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, closePayload, encodeFrame, Opcode } from '../frame.ts'
import type { Harness, Server } from '../harness.ts'
import { handshakeRequest } from '../http.ts'
import { cutAt, piecesOf, writeEach } from '../pieces.ts'
import { accepted, TcpWebSocketClient, type WebSocketClient } from '../web-socket-client.ts'
import { inFragments } from './fragments.ts'

/** Opens with a request that comes in two or more pieces, and must be a good one all the same. */
async function openInPieces(
  server: Server,
  cut: (request: Buffer) => Iterable<Uint8Array>,
): Promise<WebSocketClient> {
  const raw = await server.connect()
  // What comes before the server has taken the connection would reach it in one piece.
  for (let i = 0; i < 3; i++) await nextTurn()
  const { text, key } = handshakeRequest()
  await writeEach(raw, cut(Buffer.from(text)))
  return new TcpWebSocketClient(raw, await accepted(raw, key), {})
}

/** How many frames come at once: they fit the share of a turn, unless the engine can hold back the rest. */
function countFor(harness: Harness): number {
  return harness.can('hold-turn') ? 300 : 100
}

/** What is sent, and what must come back. */
interface Dialogue {
  readonly sent: ClientFrame[]
  readonly owed: [number, string][]
}

/** A dialogue with frames of every kind. */
function dialogue(count: number): Dialogue {
  const sent: ClientFrame[] = []
  const owed: [number, string][] = []
  for (let i = 0; i < count; i++) {
    const payload = `${i} ${'x'.repeat((i * 7) % 160)}`
    switch (i % 5) {
      case 0:
        sent.push({ opcode: Opcode.Text, payload })
        owed.push([Opcode.Text, payload])
        break
      case 1:
        sent.push({ opcode: Opcode.Ping, payload: `${i}` })
        owed.push([Opcode.Pong, `${i}`])
        break
      case 2:
        sent.push({ opcode: Opcode.Binary, payload })
        owed.push([Opcode.Binary, payload])
        break
      case 3:
        sent.push({ opcode: Opcode.Pong, payload: `${i}` })
        break
      case 4:
        sent.push({ opcode: Opcode.Text, payload, fin: false })
        sent.push({ opcode: Opcode.Ping, payload: `within ${i}` })
        sent.push({ opcode: Opcode.Continuation, payload: '!' })
        owed.push([Opcode.Pong, `within ${i}`], [Opcode.Text, `${payload}!`])
        break
    }
  }
  return { sent, owed }
}

const close: ClientFrame = { opcode: Opcode.Close, payload: closePayload(4000, 'enough') }

async function expectDialogue(
  server: Server,
  client: WebSocketClient,
  { owed }: Dialogue,
): Promise<void> {
  const got = (await client.remaining()).map(({ opcode, payload }) => [opcode, payload.toString()])
  const [opcode, payload] = got.pop() ?? []
  assert.deepEqual(got, owed)
  assert.equal(opcode, Opcode.Close)
  assert.equal(String(payload).slice(0, 2), closePayload(4000).toString())
  const messages = server.told.messages.all.map((message) => Buffer.from(message).toString())
  const echoed = owed.filter(([opcode]) => opcode !== Opcode.Pong).map(([, text]) => text)
  assert.deepEqual(messages, echoed)
  await server.expectClose({ code: 4000, reason: 'enough', wasClean: true, cause: 'client' })
}

const behind: readonly (readonly [what: string, frames: readonly ClientFrame[]])[] = [
  ['nothing', []],
  ['messages and pings', dialogue(10).sent],
  ['another close frame', [{ opcode: Opcode.Close, payload: closePayload(4001) }]],
  ['broken framing', [{ opcode: 3, rsv: 7, payload: 'broken' }]],
  ['text that is not UTF-8', [{ opcode: Opcode.Text, payload: Uint8Array.of(0xff) }]],
  ['a message that is far too big', [{ opcode: Opcode.Text, declaredLength: 2n ** 62n }]],
]

const together = behind.map(
  ([what, frames]): UngroupedCase => ({
    name: `many frames and a close in one segment, with ${what} behind it, are taken up to the close`,
    section: 'RFC 6455, section 5.5.1',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const said = dialogue(countFor(harness))
      client.send(...said.sent, close, ...frames)
      await expectDialogue(server, client, said)
    },
  }),
)

const inPieces = [1, 2, 3, 7, 125, 1_000].map(
  (size): UngroupedCase => ({
    name: `the same frames in segments of ${size} bytes are the same messages`,
    section: 'RFC 6455, section 5.2',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const said = dialogue(countFor(harness))
      const bytes = Buffer.concat([...said.sent, close].map(encodeFrame))
      await writeEach(client, piecesOf(bytes, size))
      await expectDialogue(server, client, said)
    },
  }),
)

const LINE_LENGTH = handshakeRequest().text.indexOf('\r\n') + 2

/** Opens with a handshake in pieces, and sends all else one byte at a time as well. */
async function expectByteByByte(
  server: Server,
  cut: (request: Buffer) => Iterable<Uint8Array>,
): Promise<void> {
  const client = await openInPieces(server, cut)
  const sent: readonly ClientFrame[] = [
    { opcode: Opcode.Text, payload: 'Grüße' },
    { opcode: Opcode.Ping, payload: 'beat' },
    { opcode: Opcode.Binary, payload: new Uint8Array(200) },
    close,
  ]
  await writeEach(client, piecesOf(Buffer.concat(sent.map(encodeFrame)), 1))
  const [text, pong, binary, answer, ...more] = await client.remaining()
  assert.deepEqual(
    [text, pong, binary].map((frame) => [frame?.opcode, frame?.payload.length]),
    [
      [Opcode.Text, 7],
      [Opcode.Pong, 4],
      [Opcode.Binary, 200],
    ],
  )
  assert.equal(answer?.opcode, Opcode.Close)
  assert.deepEqual(more, [])
  await server.expectClose({ code: 4000, reason: 'enough', wasClean: true, cause: 'client' })
}

/** Opens once for each place in a part of the request, cut there. */
async function expectCuts(server: Server, from: number, to: number): Promise<void> {
  for (let place = from; place < to; place++) {
    const client = await openInPieces(server, (request) => cutAt(request, place))
    client.raw.reset()
    await server.expectClose({ code: 1006, cause: 'lost' })
  }
  assert.deepEqual(server.told.refused.all, [])
}

const fromTheStart: readonly UngroupedCase[] = [
  {
    name: 'a text in 20,000 fragments is one message',
    section: 'RFC 6455, section 5.4',
    needs: ['many-fragments'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const fragments = Array.from({ length: 20_000 }, (_, i) => `${i % 10}`)
      client.send(...inFragments(Opcode.Text, fragments))
      const message = await client.message()
      assert.ok(message === fragments.join(''), `got a length of ${message.length}`)
    },
  },
  {
    name: 'a handshake that comes one byte at a time, and all behind it, is like any other',
    section: 'RFC 6455, section 4.2.1',
    needs: ['split-request-line'],
    run: async (harness) =>
      expectByteByByte(await harness.start(), (request) => piecesOf(request, 1)),
  },
  {
    name: 'a handshake that comes one byte at a time behind its first line is like any other',
    section: 'RFC 6455, section 4.2.1',
    run: async (harness) =>
      expectByteByByte(await harness.start(), function* (request) {
        yield request.subarray(0, LINE_LENGTH)
        yield* piecesOf(request.subarray(LINE_LENGTH), 1)
      }),
  },
  {
    name: 'a handshake may be cut anywhere in its first line',
    section: 'RFC 6455, section 4.2.1',
    needs: ['split-request-line'],
    run: async (harness) => expectCuts(await harness.start(), 1, LINE_LENGTH),
  },
  {
    name: 'a handshake may be cut anywhere behind its first line',
    section: 'RFC 6455, section 4.2.1',
    run: async (harness) =>
      expectCuts(await harness.start(), LINE_LENGTH, handshakeRequest().text.length),
  },
]

/** Frames do not come one by one: many may be in one segment, and one in many. */
export const segmentCases: readonly Case[] = inGroup('framing', [
  ...together,
  ...inPieces,
  ...fromTheStart,
])
