import assert from 'node:assert/strict'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import type { WebSocketClient } from '../web-socket-client.ts'
import { DEAD, expectDeath, leeway, live, pause, X } from './silence.ts'

/** Enough turns of half an X for five X. */
const FIVE_X = 10

const lively: readonly (readonly [
  what: string,
  aliveOn: 'traffic' | 'message',
  sign: (client: WebSocketClient) => void,
])[] = [
  ['only sends messages', 'traffic', (client) => client.text('here')],
  ['only sends messages', 'message', (client) => client.text('here')],
  ['only sends pings', 'traffic', (client) => client.ping()],
  ['only sends pongs', 'traffic', (client) => client.pong()],
]

const alive: readonly UngroupedCase[] = [
  ...lively.map(
    ([what, aliveOn, sign]): UngroupedCase => ({
      name: `a client that ${what} lives with aliveOn '${aliveOn}', and dies when it stops`,
      section: 'Design 5: The 2X rule',
      async run(harness) {
        const server = await harness.start({ keepAliveInterval: X, aliveOn })
        const client = await server.open()
        const last = await live(client, FIVE_X, () => sign(client))
        await expectDeath(server, client, last)
      },
    }),
  ),
  {
    name: "a client that only answers pings lives with aliveOn 'traffic'",
    section: 'Design 5: The 2X rule',
    async run(harness) {
      const server = await harness.start({ keepAliveInterval: X })
      const client = await server.open({ answerPings: true })
      await live(client, FIVE_X, () => {})
      await server.expectEcho(client, 'still here')
    },
  },
  {
    name: "a client that only answers pings dies with aliveOn 'message'",
    section: 'Design 5: The 2X rule',
    async run(harness) {
      const server = await harness.start({ keepAliveInterval: X, aliveOn: 'message' })
      const before = performance.now()
      const client = await server.open({ answerPings: true })
      await expectDeath(server, client, before)
    },
  },
  {
    name: 'a ping comes every X, the first within the first X',
    section: 'Design 5: The 2X rule',
    async run(harness) {
      const server = await harness.start({ keepAliveInterval: X })
      const before = performance.now()
      const client = await server.open({ answerPings: true })
      const first = (await client.nextPing()).at
      assert.ok(first - before <= X + leeway(), `the first ping came after ${first - before} ms`)
      for (let i = 0; i < 4; i++) await client.nextPing()
      // Over all of them, since one that a busy machine holds up is nearer to the next.
      const { at } = await client.nextPing()
      const late = at - first - 5 * X
      assert.ok(Math.abs(late) <= leeway(), `the fifth ping after the first came ${late} ms late`)
    },
  },
]

const slow: readonly UngroupedCase[] = [
  {
    name: 'a client that is slow but takes bytes lives, and dies when it takes no more',
    section: 'Design 5: The 2X rule',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start({
        keepAliveInterval: X,
        maxBufferedAmount: 64 * 2 ** 20,
        handlers: {
          message(connection) {
            for (let i = 0; i < 768; i++) connection.send(new Uint8Array(2 ** 16))
          },
        },
      })
      const client = await server.open()
      client.raw.pause()
      client.text('go')
      const reading = setInterval(() => client.raw.readOnce(), 10)
      try {
        await pause(5 * X)
      } finally {
        clearInterval(reading)
      }
      assert.deepEqual(server.told.closed.all, [], 'ended while it took bytes')
      await server.expectClose(DEAD)
    },
  },
]

const spoken: readonly UngroupedCase[] = [
  {
    name: 'the heartbeat message is answered with itself as text, and kept from the session',
    section: 'Design 5: The 2X rule',
    async run(harness) {
      const server = await harness.start({ heartbeatMessage: 'béat' })
      const client = await server.open()
      for (let i = 0; i < 3; i++) {
        client.text('béat')
        assert.equal(await client.message(), 'béat')
      }
      client.binary(Buffer.from('béat'))
      assert.deepEqual(await client.message(), Buffer.from('béat'))
      await server.expectEcho(client, 'béats')
      assert.deepEqual(server.told.messages.all, [new Uint8Array(Buffer.from('béat')), 'béats'])
    },
  },
  {
    name: "a client that only sends the heartbeat message lives with aliveOn 'message', and dies when it stops",
    section: 'Design 5: The 2X rule',
    async run(harness) {
      const server = await harness.start({
        keepAliveInterval: X,
        aliveOn: 'message',
        heartbeatMessage: 'beat',
      })
      const client = await server.open()
      const last = await live(client, FIVE_X, () => client.text('beat'))
      await expectDeath(server, client, last)
    },
  },
]

/** Who counts as alive, and the pings that ask. */
export const signsOfLifeCases: readonly Case[] = inGroup('heartbeat', [
  ...alive,
  ...slow,
  ...spoken,
])
