import assert from 'node:assert/strict'
import { type Connection, echo, type LoopSession, loop, prepare } from '@wirebeat/core'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { encodeFrame, Opcode } from '../frame.ts'
import type { Server } from '../harness.ts'
import { Inbox } from '../inbox.ts'
import type { RecordingHandlers } from '../recording.ts'
import type { WebSocketClient } from '../web-socket-client.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** More than the buffers of the system take for two sockets. */
const FLOOD = 48 * MIB
const MESSAGE = 64 * KIB
const COUNT = FLOOD / MESSAGE

/** With a maxBufferedAmount of 1 MiB: the frame of the last message, with its header, may be above. */
const CAP = MIB + MESSAGE + 10

/** Milliseconds for a flood to pass on a busy machine. */
const PATIENCE = 15_000

/** A message that tells its number. */
function numbered(i: number): Uint8Array {
  const bytes = new Uint8Array(MESSAGE)
  new DataView(bytes.buffer).setUint32(0, i)
  return bytes
}

async function expectFlood(client: WebSocketClient): Promise<void> {
  for (let i = 0; i < COUNT; i++) {
    const message = await client.message(PATIENCE)
    assert.ok(typeof message !== 'string' && message.length === MESSAGE)
    assert.equal(message.readUInt32BE(), i)
  }
}

/** The flood, as a client sends it. */
function* frames(): Iterable<Uint8Array> {
  for (let i = 0; i < COUNT; i++) {
    yield encodeFrame({ opcode: Opcode.Binary, payload: numbered(i) })
  }
}

/** Watches how much waits for the client of the next connection, until the case has ended. */
async function watchBacklog(server: Server): Promise<{ readonly highest: number }> {
  const connection = await server.told.opened.next()
  const watch = { highest: 0 }
  const look = (): void => {
    watch.highest = Math.max(watch.highest, connection.bufferedAmount)
    if (connection.isOpen) setImmediate(look)
  }
  look()
  return watch
}

/** Sends from one piece of memory, which it fills anew as soon as `send` has said `sent`. */
function refillingHandlers(size: number, count: number): RecordingHandlers {
  let bytes = new Uint8Array(size)
  let next = 0
  const sendOn = (connection: Connection<unknown>): void => {
    while (next < count) {
      if (connection.send(bytes.fill(next++ % 251)) === 'sent') continue
      bytes = new Uint8Array(size)
      return
    }
  }
  return { message: sendOn, drain: sendOn }
}

/** The same for a loop, which waits. */
function refillingLoop(size: number, count: number): LoopSession<unknown> {
  const bytes = new Uint8Array(size)
  return loop(async (connection) => {
    for (let i = 0; i < count; i++) await connection.sendAndWait(bytes.fill(i % 251))
    await connection.closed
  })
}

const sending: readonly UngroupedCase[] = [
  {
    name: 'a client that does not read is closed as a slow consumer, at maxBufferedAmount',
    section: 'Design 8: Backpressure',
    async run(harness) {
      let highest = 0
      const server = await harness.start({
        maxBufferedAmount: MIB,
        closeTimeout: 200,
        handlers: {
          message(connection) {
            for (let i = 0; i < COUNT; i++) {
              const result = connection.send(numbered(i))
              if (result === 'closed') return
              highest = Math.max(highest, connection.bufferedAmount)
            }
          },
        },
      })
      const client = await server.open()
      client.raw.pause()
      client.text('go')
      await server.expectClose({ code: 1008, wasClean: false, cause: 'slow-consumer' })
      assert.ok(highest <= CAP, `${highest} bytes waited, allowed are ${CAP}`)
    },
  },
  {
    name: 'what was queued for a slow reader arrives, all of it and in order, and drain follows',
    section: 'Design 8: Backpressure',
    async run(harness) {
      const results = new Set<string>()
      const server = await harness.start({
        maxBufferedAmount: 2 * FLOOD,
        handlers: {
          message(connection) {
            for (let i = 0; i < COUNT; i++) results.add(connection.send(numbered(i)))
          },
        },
      })
      const client = await server.open()
      client.raw.pause()
      client.text('go')
      await server.told.messages.next()
      assert.ok(results.has('queued') && !results.has('closed'))
      client.raw.resume()
      await expectFlood(client)
      await server.told.drained.next()
      const connection = await server.told.opened.next()
      assert.equal(connection.bufferedAmount, 0)
    },
  },
  {
    name: 'a session that sends until queued, and goes on at drain, gets all through',
    section: 'Design 8: Backpressure',
    async run(harness) {
      let next = 0
      const sendOn = (connection: Connection): void => {
        while (next < COUNT && connection.send(numbered(next++)) === 'sent') {
          // Until the network takes no more; drain comes back here.
        }
      }
      const server = await harness.start({ handlers: { message: sendOn, drain: sendOn } })
      const client = await server.open()
      client.text('go')
      await expectFlood(client)
    },
  },
  ...(['handlers', 'loop'] as const).map(
    (style): UngroupedCase => ({
      name: `bytes may be changed once send has said sent, however slow the client is (${style})`,
      section: 'Design 8: Backpressure',
      async run(harness) {
        const size = 24 * KIB
        const count = 400
        const server = await harness.start({
          maxBufferedAmount: FLOOD,
          ...(style === 'loop'
            ? { session: refillingLoop(size, count) }
            : { handlers: refillingHandlers(size, count) }),
        })
        const client = await server.open()
        client.raw.pause()
        client.text('go')
        await server.told.opened.next()
        client.raw.resume()
        for (let i = 0; i < count; i++) {
          const message = await client.message(PATIENCE)
          const expected = Buffer.alloc(size, i % 251)
          assert.ok(typeof message !== 'string' && message.equals(expected), `message ${i}`)
        }
      },
    }),
  ),
  {
    name: 'what one turn brings to a client that reads may be more than maxBufferedAmount, if it is small',
    section: 'Design 8: Backpressure',
    needs: ['immediate-write'],
    async run(harness) {
      const server = await harness.start({
        maxBufferedAmount: 2 * KIB,
        handlers: {
          message() {
            // To the others first, then to the one whose message this is.
            const message = prepare('p'.repeat(500))
            for (const connection of [...server.endpoint.connections].reverse()) {
              for (let i = 0; i < 60; i++) {
                results.add(connection.send('o'.repeat(500)))
                results.add(connection.send(message))
              }
            }
          },
        },
      })
      const results = new Set<string>()
      const clients = [await server.open(), await server.open()]
      clients[0]?.text('go')
      for (const client of clients) {
        for (let i = 0; i < 60; i++) {
          assert.equal(await client.message(), 'o'.repeat(500))
          assert.equal(await client.message(), 'p'.repeat(500))
        }
      }
      assert.deepEqual([...results], ['sent'])
    },
  },
  {
    name: 'a small message to a client that reads is sent at once',
    section: 'Design 8: Backpressure',
    async run(harness) {
      const results: string[] = []
      const server = await harness.start({
        handlers: { message: (connection) => void results.push(connection.send('small')) },
      })
      const client = await server.open()
      client.text('go')
      await client.message()
      assert.deepEqual(results, ['sent'])
    },
  },
  {
    name: 'a loop session that sends and waits is no slow consumer',
    section: 'Design 8: Backpressure',
    async run(harness) {
      const server = await harness.start({
        maxBufferedAmount: MIB,
        session: loop(async (connection) => {
          for (let i = 0; i < COUNT; i++) await connection.sendAndWait(numbered(i))
          await connection.closed
        }),
      })
      const client = await server.open()
      const watch = await watchBacklog(server)
      await expectFlood(client)
      assert.ok(watch.highest <= CAP, `${watch.highest} bytes waited, allowed are ${CAP}`)
    },
  },
]

const reading: readonly UngroupedCase[] = [
  {
    name: 'echo() reads no faster than it can write, or closes a slow consumer where it must',
    section: 'Design 8: Backpressure',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start({
        session: echo(),
        maxBufferedAmount: MIB,
        closeTimeout: 200,
      })
      const client = await server.open()
      const watch = await watchBacklog(server)
      client.raw.pause()
      client.raw.writeAll(frames())
      if (harness.can('pause')) {
        await client.raw.stalled(PATIENCE)
        client.raw.resume()
        await expectFlood(client)
      } else {
        await server.expectClose({ code: 1008, cause: 'slow-consumer' }, PATIENCE)
      }
      assert.ok(watch.highest <= CAP, `${watch.highest} bytes waited, allowed are ${CAP}`)
    },
  },
  {
    name: 'a loop session that does not read slows its client down, or closes it where it must',
    section: 'Design 8: Backpressure',
    needs: ['wire'],
    async run(harness) {
      const goOn = new Inbox<void>('the case to let the session go on')
      const server = await harness.start({
        receiveBufferSize: 256 * KIB,
        closeTimeout: 200,
        session: loop(async (connection) => {
          await goOn.next(2 * PATIENCE)
          for await (const message of connection) await connection.sendAndWait(message)
        }),
      })
      const client = await server.open()
      client.raw.writeAll(frames())
      if (harness.can('pause')) {
        await client.raw.stalled(PATIENCE)
        goOn.push()
        await expectFlood(client)
      } else {
        await server.expectClose({ code: 1008, cause: 'slow-consumer' }, PATIENCE)
        goOn.push()
      }
    },
  },
  {
    name: 'a session that pauses is handed nothing until it resumes',
    section: 'Design 8: Backpressure',
    needs: ['pause'],
    async run(harness) {
      const server = await harness.start({
        handlers: {
          message(connection, message) {
            connection.send(message)
            if (message === 'pause') connection.pause()
          },
        },
      })
      const client = await server.open()
      const connection = await server.told.opened.next()
      const bystander = await server.open()
      client.text('pause')
      assert.equal(await client.message(), 'pause')
      client.text('wait')
      // Each of these was sent later, and is answered earlier.
      for (const text of ['one', 'two', 'three']) await server.expectEcho(bystander, text)
      assert.deepEqual(server.told.messages.all, ['pause', 'one', 'two', 'three'])
      connection.resume()
      assert.equal(await client.message(), 'wait')
    },
  },
  {
    name: 'a client that does not read, and resets, is told to be lost at once',
    section: 'Design 6: Closing and causes',
    needs: ['wire', 'pause', 'prompt-reset'],
    async run(harness) {
      const server = await harness.start({ session: echo(), maxBufferedAmount: MIB })
      const client = await server.open()
      client.raw.pause()
      client.raw.writeAll(frames())
      await client.raw.stalled(PATIENCE)
      client.raw.reset()
      await server.expectClose({ code: 1006, cause: 'lost' }, PATIENCE)
    },
  },
]

const pinging: readonly UngroupedCase[] = [
  {
    name: 'a client that pings and does not read is closed as a slow consumer, at maxBufferedAmount',
    section: 'Design 8: Backpressure',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start({ maxBufferedAmount: MIB })
      const client = await server.open()
      const bystander = await server.open()
      const watch = await watchBacklog(server)
      client.raw.pause()
      const ping = encodeFrame({ opcode: Opcode.Ping, payload: new Uint8Array(125) })
      const piece = Buffer.concat(new Array<Buffer>(500).fill(ping))
      // Piece by piece, because a turn has room for so many pings also where the engine cannot pause.
      for (
        let sent = 0;
        sent < FLOOD && server.told.closed.all.length === 0;
        sent += piece.length
      ) {
        client.raw.write(piece)
        await server.expectEcho(bystander, `${sent}`)
      }
      await server.expectClose({ code: 1008, cause: 'slow-consumer' }, PATIENCE)
      // What the engine had read in one go when it was told to stop may be above.
      assert.ok(watch.highest <= 2 * MIB, `${watch.highest} bytes waited`)
      await server.expectEcho(bystander, 'unharmed')
    },
  },
]

/** Backpressure in both directions: nothing is lost, and what waits is bounded. */
export const backpressureCases: readonly Case[] = inGroup('backpressure', [
  ...sending,
  ...reading,
  ...pinging,
])
