import assert from 'node:assert/strict'
import type { Connection, Message } from '@wirebeat/core'
import type { Capability } from '@wirebeat/core/adapter'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, closePayload, encodeFrame, Opcode } from '../frame.ts'

const LIMIT = 1_000

const binary: ClientFrame = { opcode: Opcode.Binary, payload: new Uint8Array(LIMIT) }
const half: ClientFrame = { opcode: Opcode.Binary, payload: new Uint8Array(LIMIT / 2), fin: false }
const byte = Uint8Array.of(0)
const oversize: ClientFrame = { ...binary, payload: new Uint8Array(LIMIT * 1_000) }

const tooBig: readonly (readonly [
  what: string,
  frames: readonly ClientFrame[],
  /** What an engine must be able to do to say so on the wire. */
  wire?: Capability,
])[] = [
  ['binary one byte over the limit', [{ ...binary, payload: new Uint8Array(LIMIT + 1) }]],
  [
    'a text of fewer characters but more bytes than the limit',
    [{ opcode: Opcode.Text, payload: `${'é'.repeat(LIMIT / 2)}a` }],
  ],
  [
    'a message in fragments that together are over the limit',
    [
      half,
      { ...half, opcode: Opcode.Continuation },
      { opcode: Opcode.Continuation, payload: byte },
    ],
  ],
  ['a message a thousand times over the limit', [oversize], 'oversize-close'],
]

const sizes: readonly UngroupedCase[] = [
  {
    name: 'a message of maxMessageSize bytes is received, whole or in fragments',
    section: 'Design 7: Fairness and bounds',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start({ maxMessageSize: LIMIT })
      const client = await server.open()
      client.send(binary, half, { ...half, opcode: Opcode.Continuation, fin: true })
      assert.equal((await client.message()).length, LIMIT)
      assert.equal((await client.message()).length, LIMIT)
      await server.expectEcho(client, 'é'.repeat(LIMIT / 2))
    },
  },
  ...tooBig.map(
    ([what, frames, needed]): UngroupedCase => ({
      name: `${what} ends the connection with 1009, told as message-too-big`,
      section: 'Design 6: Closing and causes',
      needs: ['wire'],
      async run(harness) {
        const server = await harness.start({ maxMessageSize: LIMIT })
        const bystander = await server.open()
        const client = await server.open()
        client.send(...frames)
        if (needed === undefined || harness.can(needed)) {
          assert.equal((await client.closeFrame()).code, 1009)
        }
        client.close(1009)
        await server.expectClose({ code: 1009, cause: 'message-too-big' })
        assert.deepEqual(server.told.messages.all, [])
        await server.expectEcho(bystander, 'unharmed')
      },
    }),
  ),
  // The close frame alone, for what an engine cannot do is counted by the cases that it leaves out.
  {
    name: 'a message of any size over the limit is answered with 1009',
    section: 'RFC 6455, section 7.4.1',
    needs: ['wire', 'oversize-close'],
    async run(harness) {
      const server = await harness.start({ maxMessageSize: LIMIT })
      const client = await server.open()
      client.send(oversize)
      assert.equal((await client.closeFrame()).code, 1009)
    },
  },
]

const excesses: readonly (readonly [
  what: string,
  messageRate: number | { readonly bytes: number },
  frames: readonly ClientFrame[],
  /** How many messages pass at least. */
  passing: number,
])[] = [
  ['messages', 10, Array.from({ length: 40 }, (_, i) => textOf(i)), 10],
  ['bytes', { bytes: 2 * LIMIT }, Array.from({ length: 20 }, () => binary), 2],
]

const rates: readonly UngroupedCase[] = [
  ...excesses.map(
    ([what, messageRate, frames, passing]): UngroupedCase => ({
      name: `more ${what} than messageRate allows are closed with 1008`,
      section: 'Design 6: Closing and causes',
      async run(harness) {
        const server = await harness.start({ messageRate, maxMessageSize: LIMIT })
        const client = await server.open()
        client.send(...frames)
        assert.equal((await client.closeFrame()).code, 1008)
        client.close(1008)
        await server.expectClose({ code: 1008, cause: 'rate-limit' })
        const handed = server.told.messages.all.length
        const isInBounds = handed >= passing && handed < frames.length
        assert.ok(isInBounds, `the session was handed ${handed} messages`)
      },
    }),
  ),
  ...[
    { what: 'pings', opcode: Opcode.Ping },
    { what: 'pongs that nobody asked for', opcode: Opcode.Pong },
  ].map(
    ({ what, opcode }): UngroupedCase => ({
      name: `more ${what} than messageRate allows are closed with 1008`,
      section: 'Design 7: Fairness and bounds',
      async run(harness) {
        const server = await harness.start({ messageRate: 10 })
        const client = await server.open()
        client.send(...new Array<ClientFrame>(40).fill({ opcode, payload: '' }))
        assert.equal((await client.closeFrame()).code, 1008)
        client.close(1008)
        await server.expectClose({ code: 1008, cause: 'rate-limit' })
      },
    }),
  ),
  {
    name: 'pongs that answer pings of the server do not count for messageRate',
    section: 'Design 7: Fairness and bounds',
    async run(harness) {
      // One message in all, and none later in this case.
      const server = await harness.start({
        keepAliveInterval: 50,
        clientTimeout: 20_000,
        messageRate: { messages: 0.001, burst: 1_000 },
      })
      const client = await server.open({ answerPings: true })
      for (let i = 0; i < 5; i++) await client.nextPing()
      await server.expectEcho(client, 'the first')
    },
  },
  {
    name: 'as many messages as messageRate allows pass in one burst',
    section: 'Design 7: Fairness and bounds',
    async run(harness) {
      const server = await harness.start({ messageRate: 10 })
      const client = await server.open()
      client.send(...Array.from({ length: 10 }, (_, i) => textOf(i)))
      for (let i = 0; i < 10; i++) assert.equal(await client.message(), `${i}`)
    },
  },
]

/** Messages of a flood in one piece, and the milliseconds that the session works on each. */
const FLOOD = 400
const WORK = 1

const turns: readonly UngroupedCase[] = [
  {
    name: 'a client that floods a busy session keeps another one waiting no longer than its share of a turn',
    section: 'Design 7: Fairness and bounds',
    async run(harness) {
      const server = await harness.start({
        handlers: {
          message(connection, message) {
            for (const end = performance.now() + WORK; performance.now() < end; );
            connection.send(message)
          },
        },
      })
      const bystander = await server.open()
      const client = await server.open()
      client.send(...Array.from({ length: FLOOD }, (_, i) => textOf(i)))
      await server.expectEcho(bystander, 'bystander')
      // Nothing is lost, and all of it comes in order.
      for (let i = 0; i < FLOOD; i++) assert.equal(await client.message(), `${i}`)
      const before = server.told.messages.all.indexOf('bystander')
      assert.ok(before < FLOOD / 2, `${before} messages of the flood were handled before`)
    },
  },
  ...[
    { what: 'pings', opcode: Opcode.Ping },
    { what: 'pongs', opcode: Opcode.Pong },
    { what: 'empty messages', opcode: Opcode.Binary },
  ].map(
    ({ what, opcode }): UngroupedCase => ({
      name: `a flood of ${what} is slowed down where the engine can pause, and else disconnected`,
      section: 'Design 7: Fairness and bounds',
      needs: ['wire'],
      async run(harness) {
        const server = await harness.start({ handlers: { message: echoText } })
        const bystander = await server.open()
        const client = await server.open()
        const piece = Buffer.concat(
          new Array<Buffer>(10_000).fill(encodeFrame({ opcode, payload: '' })),
        )
        let isOver = false
        client.raw.writeAll(
          (function* () {
            while (!isOver) yield piece
          })(),
        )
        try {
          for (let i = 0; i < 20; i++) await server.expectEcho(bystander, `${i}`)
          if (harness.can('hold-turn')) assert.equal(server.endpoint.connections.size, 2)
          // Where the engine can pause, it depends on how much one read brings.
          else if (!harness.can('pause'))
            await server.expectClose({ code: 1006, cause: 'slow-consumer' }, 15_000)
        } finally {
          isOver = true
        }
        await server.expectEcho(bystander, 'unharmed')
      },
    }),
  ),
  {
    name: 'what came before a close frame is handed over before the end, however much it is',
    section: 'Design 4: Messages',
    async run(harness) {
      const server = await harness.start({
        handlers: {
          message() {
            for (const end = performance.now() + WORK; performance.now() < end; );
          },
        },
      })
      const client = await server.open()
      const frames = Array.from({ length: FLOOD / 4 }, (_, i) => textOf(i))
      client.send(...frames, { opcode: Opcode.Close, payload: closePayload(1000) })
      await server.expectClose({ code: 1000, wasClean: true, cause: 'client' })
      assert.deepEqual(
        server.told.messages.all,
        frames.map(({ payload }) => payload),
      )
    },
  },
]

/** Answers text alone, so that a flood of bytes is not answered. */
function echoText(connection: Connection<unknown>, message: Message): void {
  if (typeof message === 'string') connection.send(message)
}

function textOf(i: number): ClientFrame {
  return { opcode: Opcode.Text, payload: `${i}` }
}

/** Limits on what a client may send. */
export const limitCases: readonly Case[] = inGroup('limits', [...sizes, ...rates, ...turns])
