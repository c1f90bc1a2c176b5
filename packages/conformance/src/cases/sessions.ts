import assert from 'node:assert/strict'
import {
  type CloseCause,
  ConnectionClosedError,
  echo,
  echoLoop,
  loop,
  type Session,
} from '@wirebeat/core'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, Opcode } from '../frame.ts'
import type { Harness, ServerOptions } from '../harness.ts'
import { Inbox } from '../inbox.ts'
import type { RecordingHandlers } from '../recording.ts'

const failure = new Error('the session failed')

const failing: readonly (readonly [what: string, handlers: RecordingHandlers])[] = [
  [
    'throws in open',
    {
      open() {
        throw failure
      },
    },
  ],
  [
    'throws at a message',
    {
      message() {
        throw failure
      },
    },
  ],
  ['rejects in open', { open: () => Promise.reject(failure) }],
  ['rejects at a message', { message: () => Promise.reject(failure) }],
]

/** A session that fails ends its connection with 1011, and nobody else's. */
async function expectFailure(harness: Harness, failing: ServerOptions): Promise<void> {
  const bystanders = await harness.start()
  const bystander = await bystanders.open()
  const server = await harness.start(failing)
  const client = await server.open()
  client.text('go')
  assert.deepEqual(await client.closeFrame(), { code: 1011, reason: '' })
  client.close(1011)
  await server.expectClose({ code: 1011, cause: 'session-error' })
  assert.equal(await server.told.errors.next(), failure)
  assert.equal(server.told.errors.all.length, 1)
  await bystanders.expectEcho(bystander, 'unharmed')
}

const errors: readonly UngroupedCase[] = [
  ...failing.map(
    ([what, handlers]): UngroupedCase => ({
      name: `a session that ${what} ends its own connection with 1011`,
      section: 'Design 11: Errors',
      run: (harness) => expectFailure(harness, { handlers }),
    }),
  ),
  {
    name: 'a loop session that throws ends its own connection with 1011',
    section: 'Design 11: Errors',
    run: (harness) =>
      expectFailure(harness, {
        session: loop(async (connection) => {
          for await (const _ of connection) throw failure
        }),
      }),
  },
  {
    name: 'a session that throws for one client goes on serving the others',
    section: 'Design 11: Errors',
    async run(harness) {
      const server = await harness.start({
        handlers: {
          message(connection, message) {
            if (message === 'fail') throw failure
            connection.send(message)
          },
        },
      })
      const [failing, bystander] = [await server.open(), await server.open()]
      failing.text('fail')
      assert.equal((await failing.closeFrame()).code, 1011)
      await server.expectEcho(bystander, 'unharmed')
      assert.equal(await server.told.errors.next(), failure)
    },
  },
]

function textFrame(payload: string): ClientFrame {
  return { opcode: Opcode.Text, payload }
}

const loops: readonly UngroupedCase[] = [
  {
    name: 'a loop session that returns closes with 1000',
    section: 'Design 10: Sessions',
    async run(harness) {
      const server = await harness.start({
        session: loop(async (connection) => {
          for await (const message of connection) {
            await connection.sendAndWait(message)
            return
          }
        }),
      })
      const client = await server.open()
      await server.expectEcho(client, 'only one')
      assert.deepEqual(await client.closeFrame(), { code: 1000, reason: '' })
      client.close(1000)
      await server.expectClose({ code: 1000, reason: '', cause: 'server' })
    },
  },
  {
    name: 'a loop session reads what came while it was busy, in order',
    section: 'Design 10: Sessions',
    async run(harness) {
      const goOn = new Inbox<void>('the case to let the session go on')
      const server = await harness.start({
        session: loop(async (connection) => {
          await goOn.next()
          for await (const message of connection) await connection.sendAndWait(message)
        }),
      })
      const client = await server.open()
      for (let i = 0; i < 100; i++) client.text(`${i}`)
      // The pong shows that the server has read all that came before the ping.
      client.ping()
      await client.frame()
      goOn.push()
      for (let i = 0; i < 100; i++) assert.equal(await client.message(), `${i}`)
    },
  },
  {
    name: 'a loop session that reads is sent more at once than receiveBufferSize, and answers all',
    section: 'Design 8: Backpressure',
    async run(harness) {
      const server = await harness.start({ session: echoLoop(), receiveBufferSize: 1_000 })
      const client = await server.open()
      const messages = Array.from({ length: 200 }, (_, i) => `message ${i}`)
      client.send(...messages.map(textFrame))
      for (const message of messages) assert.equal(await client.message(), message)
    },
  },
  {
    name: 'what a loop session sends arrives in its order, whatever its size, and before its close',
    section: 'Design 4: Messages',
    async run(harness) {
      const sizes = [1, 100, 5_000, 2, 70_000, 3, 15_000, 4_000, 4]
      const server = await harness.start({
        session: loop(async (connection) => {
          for await (const message of connection) {
            if (message !== 'go') continue
            for (const size of sizes) await connection.sendAndWait('x'.repeat(size))
            for (const size of sizes) connection.send(new Uint8Array(size))
            connection.close(4000, 'enough')
          }
        }),
      })
      const client = await server.open()
      // So many that an adapter which hands over together what comes together does so.
      const messages = [...Array.from({ length: 50 }, () => 'not yet'), 'go']
      client.send(...messages.map(textFrame))
      for (const size of sizes) assert.equal(await client.message(), 'x'.repeat(size))
      for (const size of sizes) assert.deepEqual(await client.message(), Buffer.alloc(size))
      assert.deepEqual(await client.closeFrame(), { code: 4000, reason: 'enough' })
    },
  },
  {
    name: 'a loop ends, without an error, when the client closes',
    section: 'Design 10: Sessions',
    async run(harness) {
      const causes = new Inbox<CloseCause>('the loop to end')
      const server = await harness.start({
        session: loop(async (connection) => {
          for await (const message of connection) await connection.sendAndWait(message)
          causes.push((await connection.closed).cause)
        }),
      })
      const client = await server.open()
      await server.expectEcho(client, 'before the end')
      client.close(4000)
      assert.equal(await causes.next(), 'client')
      await server.expectClose({ code: 4000, cause: 'client' })
    },
  },
  {
    name: 'a loop throws how the connection ended when the network is lost',
    section: 'Design 10: Sessions',
    async run(harness) {
      const thrown = new Inbox<unknown>('the loop to throw')
      const server = await harness.start({
        session: loop(async (connection) => {
          try {
            for await (const message of connection) await connection.sendAndWait(message)
          } catch (error) {
            thrown.push(error)
          }
        }),
      })
      const client = await server.open()
      await server.expectEcho(client, 'before the end')
      client.raw.reset()
      await server.expectClose({ code: 1006, cause: 'lost' })
      const error = await thrown.next()
      assert.ok(error instanceof ConnectionClosedError)
      assert.equal(error.event.cause, 'lost')
    },
  },
]

const echoes: readonly (readonly [name: string, make: () => Session])[] = [
  ['echo', echo],
  ['echoLoop', echoLoop],
]

const ready = echoes.map(
  ([name, make]): UngroupedCase => ({
    name: `${name}() sends text and binary back as they came, until the client closes`,
    section: 'Design 10: Sessions',
    async run(harness) {
      const server = await harness.start({ session: make() })
      const client = await server.open()
      const long = 'long '.repeat(40_000)
      client.text('Grüße')
      client.binary(Uint8Array.of(0, 128, 255))
      client.text('')
      client.binary(new Uint8Array(0))
      client.text(long)
      assert.equal(await client.message(), 'Grüße')
      assert.deepEqual(await client.message(), Buffer.of(0, 128, 255))
      assert.equal(await client.message(), '')
      assert.deepEqual(await client.message(), Buffer.alloc(0))
      assert.equal(await client.message(), long)
      client.close(1000, 'enough')
      await server.expectClose({ code: 1000, reason: 'enough', cause: 'client' })
    },
  }),
)

/** Sessions: errors, the loop style, and the echoes that come with core. */
export const sessionCases: readonly Case[] = inGroup('sessions', [...errors, ...loops, ...ready])
