import assert from 'node:assert/strict'
import type { Connection } from '@wirebeat/core'
import { CASE_TIME_LIMIT, type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, Opcode } from '../frame.ts'
import type { ServerOptions } from '../harness.ts'

/** A server whose session closes with these at the first message. */
function closingWith(code?: number, reason?: string, closeTimeout?: number): ServerOptions {
  return {
    ...(closeTimeout !== undefined && { closeTimeout }),
    handlers: { message: (connection) => connection.close(code, reason) },
  }
}

const goodArguments: readonly (readonly [code: number, reason: string])[] = [
  [1000, ''],
  [1001, 'moving'],
  [1012, 'restart'],
  [3000, 'library'],
  [4999, 'tschüß 🌊'],
  [4000, `${'é'.repeat(61)}a`],
]

/** A `closeTimeout` in which a client does not take `MUCH`, which is more than the system takes for two sockets. */
const SHORT = 2_000
const MUCH = 24 * 2 ** 20

/** How many frames are too many, where each counts 64 bytes. */
const FRAMES_AFTER_CLOSE = 100

const goingOn: readonly (readonly [what: string, frame: ClientFrame])[] = [
  ['messages', { opcode: Opcode.Binary, payload: '' }],
  ['pings', { opcode: Opcode.Ping, payload: '' }],
  ['pongs', { opcode: Opcode.Pong, payload: '' }],
]

const badArguments: readonly (readonly [what: string, code: number, reason: string])[] = [
  ...[0, 999, 1002, 1004, 1005, 1006, 1015, 2999, 5000, 65_536, 1000.5, Number.NaN].map(
    (code): readonly [string, number, string] => [`the code ${code}`, code, ''],
  ),
  ['a reason of 124 bytes', 1000, 'a'.repeat(124)],
  ['a reason of 62 characters and 124 bytes', 1000, 'é'.repeat(62)],
]

const argumentCases: readonly UngroupedCase[] = [
  ...goodArguments.map(
    ([code, reason]): UngroupedCase => ({
      name: `a session's close with ${code} '${reason.slice(0, 20)}' is on the wire as given, and told`,
      section: 'RFC 6455, section 7.4',
      async run(harness) {
        const server = await harness.start(closingWith(code, reason))
        const client = await server.open()
        client.text('go')
        assert.deepEqual(await client.closeFrame(), { code, reason })
        client.close(code)
        await client.ended()
        await server.expectClose({ code, reason, cause: 'server' })
      },
    }),
  ),
  {
    name: 'a session closes with 1000 and no reason when it names none',
    section: 'Design 6: Closing and causes',
    async run(harness) {
      const server = await harness.start(closingWith())
      const client = await server.open()
      client.text('go')
      assert.deepEqual(await client.closeFrame(), { code: 1000, reason: '' })
      client.close(1000)
      await server.expectClose({ code: 1000, reason: '', cause: 'server' })
    },
  },
  ...badArguments.map(
    ([what, code, reason]): UngroupedCase => ({
      name: `closing with ${what} throws and leaves the connection as it was`,
      section: 'Design 6: Closing and causes',
      async run(harness) {
        const server = await harness.start({
          handlers: {
            message(connection, message) {
              if (message === 'go') assert.throws(() => connection.close(code, reason), RangeError)
              connection.send(`${message}, then ${connection.isOpen ? 'open' : 'closing'}`)
            },
          },
        })
        const client = await server.open()
        client.text('go')
        assert.equal(await client.message(), 'go, then open')
        client.text('again')
        assert.equal(await client.message(), 'again, then open')
        client.close(1000)
        await server.expectClose({ code: 1000, cause: 'client' })
      },
    }),
  ),
]

const handshakes: readonly UngroupedCase[] = [
  {
    name: 'a close of the session that the client answers is clean',
    section: 'RFC 6455, section 7.1.4',
    needs: ['close-answer'],
    async run(harness) {
      const server = await harness.start(closingWith(4001, 'bye'))
      const client = await server.open()
      client.text('go')
      await client.closeFrame()
      client.close(4001)
      await server.expectClose({ code: 4001, reason: 'bye', wasClean: true, cause: 'server' })
    },
  },
  {
    name: 'a peer that never answers a close frame is let go after closeTimeout',
    section: 'Design 6: Closing and causes',
    async run(harness) {
      const server = await harness.start(closingWith(4001, 'bye', 200))
      const client = await server.open({ staysOpen: true })
      client.text('go')
      await client.closeFrame()
      await server.expectClose({ code: 4001, reason: 'bye', wasClean: false, cause: 'server' })
      await client.ended()
      await client.raw.gone()
    },
  },
  ...goingOn.map(
    ([what, frame]): UngroupedCase => ({
      name: `a peer that goes on sending ${what} after a close frame is let go long before closeTimeout`,
      section: 'Design 7: Fairness and bounds',
      // Where the engine looks at nothing that comes after the close frame, it sees none of this.
      needs: ['close-answer'],
      async run(harness) {
        const server = await harness.start({
          ...closingWith(4001, 'bye', CASE_TIME_LIMIT),
          receiveBufferSize: 64 * FRAMES_AFTER_CLOSE,
        })
        const client = await server.open({ staysOpen: true })
        client.text('go')
        await client.closeFrame()
        client.send(...new Array<ClientFrame>(FRAMES_AFTER_CLOSE + 1).fill(frame))
        await server.expectClose({ code: 4001, reason: 'bye', wasClean: false, cause: 'server' })
        await client.ended()
        assert.deepEqual(server.told.messages.all, ['go'])
      },
    }),
  ),
  {
    name: 'a peer that answers a close frame but never ends its side is let go after closeTimeout',
    section: 'RFC 6455, section 7.1.1',
    async run(harness) {
      const server = await harness.start(closingWith(4001, 'bye', 200))
      const client = await server.open({ staysOpen: true })
      client.text('go')
      await client.closeFrame()
      client.close(4001)
      await server.expectClose({ code: 4001, reason: 'bye', cause: 'server' })
      await client.raw.gone()
    },
  },
  {
    name: 'a peer that closes but never ends its side is let go after closeTimeout',
    section: 'RFC 6455, section 7.1.1',
    async run(harness) {
      const server = await harness.start({ closeTimeout: 200 })
      const client = await server.open({ staysOpen: true })
      client.close(1000)
      await client.closeFrame()
      await server.expectClose({ code: 1000, wasClean: true, cause: 'client' })
      await client.raw.gone()
    },
  },
  {
    name: 'after close() nothing is handed to the session, and send says closed',
    section: 'RFC 6455, section 5.5.1',
    async run(harness) {
      const results: string[] = []
      const server = await harness.start({
        handlers: {
          message(connection) {
            connection.close(4001)
            results.push(connection.send('late'), connection.send(new Uint8Array(1)))
          },
        },
      })
      const client = await server.open()
      client.send(
        { opcode: Opcode.Text, payload: 'go' },
        { opcode: Opcode.Text, payload: 'too late' },
      )
      assert.equal((await client.closeFrame()).code, 4001)
      client.text('far too late')
      client.close(4001)
      await server.expectClose({ code: 4001, cause: 'server' })
      assert.deepEqual(results, ['closed', 'closed'])
      assert.deepEqual(server.told.messages.all, ['go'])
      assert.deepEqual(await client.remaining(), [])
    },
  },
  {
    name: 'what was sent before close() still arrives, and the close frame behind it',
    section: 'RFC 6455, section 5.5.1',
    async run(harness) {
      const server = await harness.start({
        handlers: {
          message(connection) {
            connection.send('first')
            connection.send('x'.repeat(500_000))
            connection.close(4001)
          },
        },
      })
      const client = await server.open()
      client.text('go')
      assert.equal(await client.message(), 'first')
      assert.equal((await client.message()).length, 500_000)
      assert.equal((await client.closeFrame()).code, 4001)
    },
  },
  ...[false, true].map(
    (tls): UngroupedCase => ({
      name: `what was sent before close()${tls ? ' over TLS' : ''} arrives at a client that takes it for longer than closeTimeout`,
      section: 'Design 6: Closing and causes',
      needs: tls ? ['wire', 'tls', 'tls-backlog'] : ['wire'],
      async run(harness) {
        const server = await harness.start({
          tls,
          closeTimeout: SHORT,
          handlers: {
            message(connection) {
              connection.send(new Uint8Array(MUCH))
              connection.close(4001, 'enough')
            },
          },
        })
        const client = await server.open()
        client.raw.pause()
        client.text('go')
        const start = performance.now()
        const reading = setInterval(() => client.raw.readOnce(), 10)
        try {
          assert.equal((await client.message(CASE_TIME_LIMIT)).length, MUCH)
          assert.ok(performance.now() - start > 1.5 * SHORT, 'taken too fast to show anything')
          assert.deepEqual(await client.closeFrame(), { code: 4001, reason: 'enough' })
        } finally {
          clearInterval(reading)
        }
        client.raw.resume()
        client.close(4001)
        await server.expectClose({ code: 4001, reason: 'enough', cause: 'server' })
      },
    }),
  ),
  {
    name: 'when both sides close at once there is one close frame and one event',
    section: 'RFC 6455, section 7.1.5',
    async run(harness) {
      const server = await harness.start(closingWith(4001, 'server'))
      const client = await server.open()
      client.send(
        { opcode: Opcode.Text, payload: 'go' },
        { opcode: Opcode.Close, payload: Uint8Array.of(0x0f, 0xa2) },
      )
      assert.deepEqual(await client.closeFrame(), { code: 4001, reason: 'server' })
      await server.expectClose({ code: 4001, reason: 'server', cause: 'server' })
      assert.deepEqual(await client.remaining(), [])
    },
  },
  {
    name: 'closing twice, and terminating after the end, do nothing',
    section: 'Design 6: Closing and causes',
    async run(harness) {
      let kept: Connection | undefined
      const server = await harness.start({
        handlers: {
          message(connection) {
            kept = connection
            connection.close(4001)
            connection.close(4002)
          },
        },
      })
      const client = await server.open()
      client.text('go')
      assert.equal((await client.closeFrame()).code, 4001)
      client.close(4001)
      await server.expectClose({ code: 4001, cause: 'server' })
      kept?.close(4003)
      kept?.terminate()
      kept?.pause()
      kept?.resume()
      assert.equal(kept?.send('late'), 'closed')
      assert.equal(kept?.isOpen, false)
    },
  },
]

/** Closing by the session. */
export const serverClosingCases: readonly Case[] = inGroup('closing', [
  ...argumentCases,
  ...handshakes,
])
