import assert from 'node:assert/strict'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import type { WebSocketClient } from '../web-socket-client.ts'
import {
  DEAD,
  expectDeath,
  giveSigns,
  leeway,
  openSilent,
  pause,
  watchingGaps,
  X,
} from './silence.ts'

/** Enough turns of half an X for three X, which nobody survives in silence. */
const THREE_X = 6

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
      run: watchingGaps(async (harness, gaps) => {
        const server = await harness.start({ keepAliveInterval: X, aliveOn })
        const client = await server.open()
        const last = await giveSigns(client, THREE_X, () => sign(client))
        await expectDeath(server, client, gaps, last)
      }),
    }),
  ),
  {
    name: "a client that only answers pings lives with aliveOn 'traffic'",
    section: 'Design 5: The 2X rule',
    async run(harness) {
      const server = await harness.start({ keepAliveInterval: X })
      const client = await server.open({ answerPings: true })
      await giveSigns(client, THREE_X, () => {})
      await server.expectEcho(client, 'still here')
    },
  },
  {
    name: "a client that only answers pings dies with aliveOn 'message'",
    section: 'Design 5: The 2X rule',
    run: watchingGaps(async (harness, gaps) => {
      const server = await harness.start({ keepAliveInterval: X, aliveOn: 'message' })
      const { client, opened } = await openSilent(server, { answerPings: true })
      await expectDeath(server, client, gaps, opened)
    }),
  },
  {
    name: 'a ping comes every X, the first within the first X',
    section: 'Design 5: The 2X rule',
    run: watchingGaps(async (harness, gaps) => {
      const server = await harness.start({ keepAliveInterval: X })
      const { client, opened } = await openSilent(server, { answerPings: true })
      const first = (await client.nextPing()).at
      const wait = first - opened.latest
      const longest = X + leeway(gaps, opened.earliest, first)
      assert.ok(wait <= longest, `the first ping came after ${wait} ms, allowed up to ${longest}`)
      for (let i = 0; i < 2; i++) await client.nextPing()
      // Over all of them, since one that a busy machine holds up is nearer to the next.
      const { at } = await client.nextPing()
      const late = Math.abs(at - first - 3 * X)
      const allowed = leeway(gaps, opened.earliest, at)
      assert.ok(late <= allowed, `the third ping after the first was off by ${late} ms`)
    }),
  },
]

const slow: readonly UngroupedCase[] = [false, true].map(
  (tls): UngroupedCase => ({
    name: `a client that is slow but takes bytes${tls ? ' over TLS' : ''} lives, and dies when it takes no more`,
    section: 'Design 5: The 2X rule',
    needs: tls ? ['wire', 'tls', 'tls-backlog'] : ['wire'],
    async run(harness) {
      const server = await harness.start({
        tls,
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
        await pause(3 * X)
      } finally {
        clearInterval(reading)
      }
      assert.deepEqual(server.told.closed.all, [], 'ended while it took bytes')
      await server.expectClose(DEAD)
    },
  }),
)

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
    run: watchingGaps(async (harness, gaps) => {
      const server = await harness.start({
        keepAliveInterval: X,
        aliveOn: 'message',
        heartbeatMessage: 'beat',
      })
      const client = await server.open()
      const last = await giveSigns(client, THREE_X, () => client.text('beat'))
      await expectDeath(server, client, gaps, last)
    }),
  },
]

/** Who counts as alive, and the pings that ask. */
export const signsOfLifeCases: readonly Case[] = inGroup('heartbeat', [
  ...alive,
  ...slow,
  ...spoken,
])
