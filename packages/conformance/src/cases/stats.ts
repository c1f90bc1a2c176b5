import assert from 'node:assert/strict'
import { type Case, inGroup } from '../case.ts'
import { Inbox } from '../inbox.ts'
import { X } from './silence.ts'

/** The figures that an endpoint tells of itself: the same for the same conversation. */
export const statsCases: readonly Case[] = inGroup('stats', [
  {
    name: 'messages and their bytes are counted, text in UTF-8, the empty ones too',
    section: 'Design 12: Figures',
    async run(harness) {
      const server = await harness.start({
        handlers: {
          message(connection, message) {
            connection.send(message)
            connection.send('€')
          },
        },
      })
      const client = await server.open()
      client.text('é')
      client.binary(new Uint8Array(70_000))
      client.text('')
      for (let i = 0; i < 6; i++) await client.message()
      const { received, sent } = server.endpoint.stats()
      assert.deepEqual(received, { messages: 3, bytes: 70_002 })
      assert.deepEqual(sent, { messages: 6, bytes: 70_011 })
    },
  },
  {
    name: 'messages that are refused are not counted',
    section: 'Design 12: Figures',
    async run(harness) {
      const server = await harness.start({ maxMessageSize: 10 })
      const client = await server.open()
      await server.expectEcho(client, 'short')
      client.text('longer than is allowed')
      client.close(1009)
      await server.expectClose({ cause: 'message-too-big' })
      const { received, ends } = server.endpoint.stats()
      assert.deepEqual(received, { messages: 1, bytes: 5 })
      assert.equal(ends['message-too-big'], 1)
    },
  },
  {
    name: 'connections are counted while they are open, and by cause when they have ended',
    section: 'Design 12: Figures',
    async run(harness) {
      const server = await harness.start({
        handlers: { message: (connection) => connection.close(4001) },
      })
      const leaver = await server.open()
      const lost = await server.open()
      const dismissed = await server.open()
      await server.open()
      assert.deepEqual(server.endpoint.stats().connections, { open: 4, opened: 4 })
      leaver.close(1000)
      await server.expectClose({ cause: 'client' })
      lost.raw.reset()
      await server.expectClose({ cause: 'lost' })
      dismissed.text('go')
      await dismissed.closeFrame()
      dismissed.close(4001)
      await server.expectClose({ cause: 'server' })
      const { connections, ends } = server.endpoint.stats()
      assert.deepEqual(connections, { open: 1, opened: 4 })
      const { client, lost: vanished, server: closed, ...others } = ends
      assert.deepEqual([client, vanished, closed], [1, 1, 1])
      assert.deepEqual(new Set(Object.values(others)), new Set([0]))
    },
  },
  {
    name: 'refusals are counted by reason',
    section: 'Design 12: Figures',
    async run(harness) {
      const server = await harness.start({ allowedOrigins: ['https://client.example'] })
      for (let i = 0; i < 2; i++) {
        const { status } = await server.request({ headers: { Origin: 'https://evil.example' } })
        assert.equal(status, 403)
      }
      assert.deepEqual(server.refusals, { origin: 2 })
    },
  },
  {
    name: 'a ping that is answered is counted, with the time that the answer took',
    section: 'RFC 6455, section 5.5.3',
    async run(harness) {
      const server = await harness.start({ keepAliveInterval: X })
      const roundTrips = new Inbox<number>('the answer to a ping')
      server.endpoint.on('roundTrip', (_connection, milliseconds) => roundTrips.push(milliseconds))
      const before = performance.now()
      await server.open({ answerPings: true })
      const connection = await server.told.opened.next()
      assert.equal(connection.roundTripTime, undefined)
      const time = await roundTrips.next()
      // To a tenth of a millisecond, which rounding may add.
      const most = performance.now() - before + 0.1
      assert.ok(time >= 0 && time <= most, `an answer after ${time} ms, within ${most} ms`)
      const { sent, answered, roundTripTime } = server.endpoint.stats().pings
      assert.deepEqual([sent, answered, roundTripTime.last], [1, 1, time])
      assert.equal(connection.roundTripTime, time)
    },
  },
  {
    name: 'a ping that is not answered is counted, and a ping of the client is no answer',
    section: 'RFC 6455, section 5.5.3',
    async run(harness) {
      const server = await harness.start({ keepAliveInterval: X })
      const client = await server.open()
      await client.nextPing()
      client.ping()
      await client.frame()
      const { sent, answered } = server.endpoint.stats().pings
      assert.ok(sent >= 1, `${sent} pings`)
      assert.equal(answered, 0)
    },
  },
  {
    name: 'what waits for a client that does not read is told, until it reads on',
    section: 'Design 12: Figures',
    async run(harness) {
      const size = 2 ** 20
      const count = 16
      const server = await harness.start({
        maxBufferedAmount: 64 * 2 ** 20,
        handlers: {
          message(connection) {
            for (let i = 0; i < count; i++) connection.send(new Uint8Array(size))
          },
        },
      })
      const client = await server.open()
      client.raw.pause()
      client.text('go')
      await server.told.messages.next()
      const { bufferedBytes, sent } = server.endpoint.stats()
      assert.deepEqual(sent, { messages: count, bytes: count * size })
      assert.ok(bufferedBytes > 0, 'nothing waits')
      client.raw.resume()
      for (let i = 0; i < count; i++) await client.message()
      await server.told.drained.next()
      assert.equal(server.endpoint.stats().bufferedBytes, 0)
    },
  },
  {
    name: 'a shutdown is told when it begins and when it ends, and shows how far it has come',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const server = await harness.start()
      const told: unknown[] = []
      server.endpoint.on('shutdownStart', (connections) => told.push(connections))
      server.endpoint.on('shutdownEnd', (report) => told.push(report))
      const [first, second] = [await server.open(), await server.open()]
      const closing = server.endpoint.close({ deadline: 4_000 })
      assert.equal(server.endpoint.stats().shutdown?.total, 2)
      for (const client of [first, second]) {
        await client.closeFrame()
        client.close(1001)
      }
      const report = await closing
      assert.deepEqual(told, [2, report])
      assert.deepEqual(server.endpoint.stats().shutdown, { ...report, remaining: 0 })
    },
  },
])
