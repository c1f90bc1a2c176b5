import assert from 'node:assert/strict'
import type { Connection, HandlerSession } from '@wirebeat/core'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import type { Harness, Server, ServerOptions } from '../harness.ts'
import type { RecordingHandlers } from '../recording.ts'
import type { WebSocketClient } from '../web-socket-client.ts'

/** More than the buffers of the system take for two sockets. */
const FLOOD = 24 * 2 ** 20
const PIECE = new Uint8Array(2 ** 18)

const PATIENCE = 15_000

/** Where a session ends its connection: how to write it, and what a client does to bring it about. */
interface Place {
  readonly handler: 'open' | 'message' | 'drain'
  readonly handlers: (end: (connection: Connection) => void) => RecordingHandlers
  readonly provoke: (client: WebSocketClient, server: Server) => void | Promise<void>
  /** How many messages come before the end. */
  readonly messages: number
}

const places: readonly Place[] = [
  { handler: 'open', handlers: (end) => ({ open: end }), provoke: () => {}, messages: 0 },
  {
    handler: 'message',
    handlers: (end) => ({ message: end }),
    provoke: (client) => client.text('go'),
    messages: 0,
  },
  {
    handler: 'drain',
    handlers: (end) => ({
      message(connection) {
        for (let sent = 0; sent < FLOOD; sent += PIECE.length) connection.send(PIECE)
      },
      drain: end,
    }),
    async provoke(client, server) {
      client.raw.pause()
      client.text('go')
      await server.told.messages.next()
      // What was sent waits now; it drains when the client reads on.
      client.raw.resume()
    },
    messages: FLOOD / PIECE.length,
  },
]

const OPTIONS: ServerOptions = { maxBufferedAmount: 2 * FLOOD }

const byClose = places.map(
  ({ handler, handlers, provoke, messages }): UngroupedCase => ({
    name: `close() within ${handler} sends all that came before, then the close frame, once`,
    section: 'RFC 6455, section 7.1.2',
    async run(harness) {
      const close = (connection: Connection): void => {
        connection.close(4001, `in ${handler}`)
        assert.equal(connection.isOpen, false)
        assert.equal(connection.send('late'), 'closed')
      }
      const server = await harness.start({ ...OPTIONS, handlers: handlers(close) })
      const client = await server.open()
      await provoke(client, server)
      for (let i = 0; i < messages; i++) await client.message(PATIENCE)
      const frame = await client.closeFrame(PATIENCE)
      assert.deepEqual(frame, { code: 4001, reason: `in ${handler}` })
      client.text('too late')
      client.close(4001)
      const wasClean = harness.can('close-answer')
      await server.expectClose({ code: 4001, reason: frame.reason, wasClean, cause: 'server' })
      assert.deepEqual(await client.remaining(), [])
      assert.ok(!server.told.messages.all.includes('too late'))
    },
  }),
)

const byTerminate = places.map(
  ({ handler, handlers, provoke, messages }): UngroupedCase => ({
    name: `terminate() within ${handler} ends the connection without a close frame, once`,
    section: 'Design 6: Closing and causes',
    async run(harness) {
      const terminate = (connection: Connection): void => {
        connection.terminate()
        assert.equal(connection.isOpen, false)
        assert.equal(connection.send('late'), 'closed')
        connection.close(4001)
      }
      const server = await harness.start({ ...OPTIONS, handlers: handlers(terminate) })
      // Where open does it, an engine may not even have answered the handshake.
      const client = await server.open().catch(() => undefined)
      assert.ok(client !== undefined || handler === 'open')
      if (client !== undefined) {
        await provoke(client, server)
        const frames = await client.remaining(PATIENCE)
        assert.ok(frames.length <= messages, `${frames.length} frames for ${messages} messages`)
      }
      await server.expectClose({ code: 1006, reason: '', wasClean: false, cause: 'server' })
    },
  }),
)

/** Runs a session whose `close` handler does something with a connection that has ended. */
async function expectNothing(
  harness: Harness,
  act: (connection: Connection) => void,
): Promise<void> {
  const told: number[] = []
  const session: HandlerSession = {
    message: (connection, message) => void connection.send(message),
    close(connection, event) {
      told.push(event.code)
      act(connection)
      assert.equal(connection.isOpen, false)
      assert.equal(connection.send('late'), 'closed')
    },
  }
  const server = await harness.start({ session })
  const bystander = await server.open()
  const client = await server.open()
  await server.expectEcho(client, 'before')
  client.close(4000, 'bye')
  assert.equal((await client.closeFrame()).code, 4000)
  await server.expectClose({ code: 4000, reason: 'bye', wasClean: true, cause: 'client' })
  assert.deepEqual(await client.remaining(), [])
  const lost = await server.open()
  lost.raw.reset()
  await server.expectClose({ code: 1006, reason: '', wasClean: false, cause: 'lost' })
  await server.expectEcho(bystander, 'unharmed')
  assert.deepEqual(told, [4000, 1006])
}

const within: readonly UngroupedCase[] = [
  {
    name: 'close() within close does nothing: the connection has ended as it was told',
    section: 'Design 6: Closing and causes',
    run: (harness) => expectNothing(harness, (connection) => connection.close(4002, 'again')),
  },
  {
    name: 'terminate() within close does nothing: the connection has ended as it was told',
    section: 'Design 6: Closing and causes',
    run: (harness) => expectNothing(harness, (connection) => connection.terminate()),
  },
]

/** A session may end its connection within any of its handlers. */
export const closingInHandlersCases: readonly Case[] = inGroup('closing', [
  ...byClose,
  ...byTerminate,
  ...within,
])
