import assert from 'node:assert/strict'
import { bytesOf, type Connection, echoLoop, loop, prepare } from '@wirebeat/core'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { encodeFrame, Opcode } from '../frame.ts'

const MIB = 2 ** 20

const payloads: readonly (readonly [what: string, payload: string | Uint8Array])[] = [
  ['a text', 'Hello'],
  ['a text of many scripts', 'Grüße, 你好, שלום, 🌊🏄'],
  ['an empty text', ''],
  ['a text with a byte order mark at its start', '\uFEFFmarked'],
  ['a text of 1 MiB', 'è'.repeat(MIB / 2)],
  ['binary', Uint8Array.from({ length: 256 }, (_, i) => i)],
  ['empty binary', new Uint8Array(0)],
  // No valid UTF-8 anywhere, and not the same from place to place.
  ['binary of 1 MiB', Uint8Array.from({ length: MIB }, (_, i) => 0x80 | (i % 61))],
]

const echoed = payloads.map(
  ([what, payload]): UngroupedCase => ({
    name: `${what} comes back as it was`,
    section: 'RFC 6455, section 5.6',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      if (typeof payload === 'string') client.text(payload)
      else client.binary(payload)
      const answer = await client.message()
      // Compared outside assert, whose report of two different mebibytes takes minutes.
      const same =
        typeof payload === 'string'
          ? answer === payload
          : typeof answer !== 'string' && answer.equals(payload)
      assert.ok(same, `got ${typeof answer} of length ${answer.length}, sent ${payload.length}`)
    },
  }),
)

const delivery: readonly UngroupedCase[] = [
  {
    name: '10,000 messages come back in order',
    section: 'RFC 6455, section 5.4',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const count = 10_000
      const frames = Array.from({ length: count }, (_, i) =>
        encodeFrame({ opcode: Opcode.Text, payload: `${i}` }),
      )
      client.write(Buffer.concat(frames))
      for (let i = 0; i < count; i++) assert.equal(await client.message(), `${i}`)
    },
  },
  {
    name: 'clients get their own messages back, and nobody else’s',
    section: 'Design 4: Messages',
    async run(harness) {
      const server = await harness.start()
      const clients = await Promise.all(Array.from({ length: 20 }, () => server.open()))
      for (const [i, client] of clients.entries()) {
        client.text(`first of ${i}`)
        client.text(`second of ${i}`)
      }
      for (const [i, client] of clients.entries()) {
        assert.equal(await client.message(), `first of ${i}`)
        assert.equal(await client.message(), `second of ${i}`)
      }
    },
  },
]

const handed: readonly UngroupedCase[] = [
  {
    name: 'a session is handed text as a string and binary as a plain Uint8Array',
    section: 'Design 4: Messages',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      for (const text of ['text', '']) {
        client.text(text)
        assert.equal(await server.told.messages.next(), text)
      }
      for (const bytes of [Uint8Array.of(1, 2, 3), new Uint8Array(0)]) {
        client.binary(bytes)
        const message = await server.told.messages.next()
        assert.equal(Object.getPrototypeOf(message), Uint8Array.prototype)
        assert.deepEqual(message, bytes)
      }
    },
  },
  {
    name: 'what a session was handed stays as it was when later messages come',
    section: 'Design 4: Messages',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const count = 100
      for (let i = 0; i < count; i++) {
        client.binary(new Uint8Array(1_000).fill(i))
        // One by one, so that each may land where the one before it was.
        await client.message()
      }
      for (let i = 0; i < count; i++) {
        assert.deepEqual(await server.told.messages.next(), new Uint8Array(1_000).fill(i))
      }
    },
  },
  {
    name: 'a session that borrows can look at what it was handed, and send on a part of it',
    section: 'Design 4: Messages',
    async run(harness) {
      const server = await harness.start({
        session: {
          memory: 'borrowed',
          message(connection, data, type) {
            connection.send(bytesOf(data).subarray(1), type)
          },
        },
      })
      const client = await server.open()
      client.text('<text')
      assert.equal(await client.message(), 'text')
      client.binary(Uint8Array.of(1, 2, 3))
      assert.deepEqual(await client.message(), Buffer.of(2, 3))
    },
  },
  {
    name: 'bytes can be sent as text, from a view and from an ArrayBuffer',
    section: 'RFC 6455, section 5.6',
    async run(harness) {
      const server = await harness.start({
        handlers: {
          message(connection) {
            const text = new TextEncoder().encode('<as text>').subarray(1, -1)
            for (const data of [text, text.slice().buffer]) {
              connection.send(data, 'text')
              connection.send(data)
            }
          },
        },
      })
      const client = await server.open()
      client.text('go')
      for (let i = 0; i < 2; i++) {
        assert.equal(await client.message(), 'as text')
        assert.deepEqual(await client.message(), Buffer.from('as text'))
      }
    },
  },
  ...(['handlers', 'loop'] as const).map(
    (style): UngroupedCase => ({
      name: `a lone surrogate is sent as U+FFFD, so that the text is UTF-8 (${style})`,
      section: 'RFC 6455, section 5.6',
      async run(harness) {
        const texts = [
          'cut within \ud83c',
          '\udf0a and \ud83c\udf0a',
          `${'x'.repeat(30_000)}\ud83c`,
        ]
        const session =
          style === 'loop'
            ? loop(async (connection) => {
                for await (const _ of connection) {
                  for (const text of texts) await connection.sendAndWait(text)
                }
              })
            : {
                message(connection: Connection) {
                  for (const text of texts) connection.send(text)
                },
              }
        const server = await harness.start({ session })
        const client = await server.open()
        // Several at once, because a loop may then be handed them at once.
        for (let i = 0; i < 3; i++) client.text('go')
        for (let i = 0; i < 3; i++) {
          assert.equal(await client.message(), 'cut within \ufffd')
          assert.equal(await client.message(), '\ufffd and \ud83c\udf0a')
          assert.equal(await client.message(), `${'x'.repeat(30_000)}\ufffd`)
        }
        const [connection] = server.endpoint.connections
        connection?.send(prepare('prepared \ud83c'))
        assert.equal(await client.message(), 'prepared \ufffd')
        connection?.close(4000, '\ud83c')
        const { reason } = await client.closeFrame()
        assert.equal(reason, '\ufffd')
      },
    }),
  ),
  {
    name: 'timers that the application replaces for a while hold nothing up',
    section: 'Design 4: Messages',
    async run(harness) {
      const server = await harness.start({
        handlers: {
          message(connection, message) {
            const putBack = replaceTimers()
            connection.send(message)
            connection.send(prepare(message))
            putBack()
          },
        },
      })
      const loops = await harness.start({ session: echoLoop() })
      const client = await server.open()
      const looping = await loops.open()
      client.text('one')
      for (let i = 0; i < 2; i++) assert.equal(await client.message(), 'one')
      const texts = Array.from({ length: 200 }, (_, i) => `${i}`)
      const putBack = replaceTimers()
      try {
        for (const text of texts) looping.text(text)
        for (const text of texts) assert.equal(await looping.message(), text)
      } finally {
        putBack()
      }
      // Nothing is left of it, for others as well.
      await loops.expectEcho(await loops.open(), 'later')
      client.text('two')
      for (let i = 0; i < 2; i++) assert.equal(await client.message(), 'two')
    },
  },
  {
    name: 'a session can send before any message has come',
    section: 'Design 4: Messages',
    async run(harness) {
      const server = await harness.start({
        handlers: { open: (connection) => void connection.send('welcome') },
      })
      const client = await server.open()
      assert.equal(await client.message(), 'welcome')
    },
  },
]

/** Puts timers into the place of the global ones that never call back, as a test may, until they are put back. */
function replaceTimers(): () => void {
  const { setImmediate, setInterval, setTimeout } = globalThis
  Object.assign(globalThis, {
    setImmediate: () => ({}),
    setInterval: () => ({}),
    setTimeout: () => ({}),
  })
  return () => void Object.assign(globalThis, { setImmediate, setInterval, setTimeout })
}

/** Messages: kinds, sizes, boundaries, order, and what a session is handed. */
export const messageCases: readonly Case[] = inGroup('messages', [
  ...echoed,
  ...delivery,
  ...handed,
])
