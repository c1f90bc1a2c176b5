import assert from 'node:assert/strict'
import { ConnectionClosedError, loop } from '@wirebeat/core'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import type { Harness, ServerOptions } from '../harness.ts'
import { Inbox } from '../inbox.ts'
import type { WebSocketClient } from '../web-socket-client.ts'
import { DEAD, expectDeath, giveSigns, openSilent, PATIENCE, watchingGaps, X } from './silence.ts'

const silent: readonly UngroupedCase[] = [
  {
    name: 'a client that never says anything is ended after 2X',
    section: 'Design 5: The 2X rule',
    run: watchingGaps(async (harness, gaps) => {
      const server = await harness.start({ keepAliveInterval: X })
      const { client, opened } = await openSilent(server)
      await expectDeath(server, client, gaps, opened)
    }),
  },
  {
    name: 'a client that falls silent is ended 2X after its last message',
    section: 'Design 5: The 2X rule',
    run: watchingGaps(async (harness, gaps) => {
      const server = await harness.start({ keepAliveInterval: X })
      const client = await server.open()
      const last = await giveSigns(client, 3, () => client.text('here'))
      await expectDeath(server, client, gaps, last)
    }),
  },
  {
    name: 'clientTimeout takes the place of 2X',
    section: 'Design 5: The 2X rule',
    run: watchingGaps(async (harness, gaps) => {
      const timeout = 3 * X
      const server = await harness.start({ keepAliveInterval: X, clientTimeout: timeout })
      const { client, opened } = await openSilent(server)
      await expectDeath(server, client, gaps, opened, timeout)
    }),
  },
  {
    name: 'a hundred silent clients are all ended in time',
    section: 'Design 5: The 2X rule',
    run: watchingGaps(async (harness, gaps) => {
      const server = await harness.start({ keepAliveInterval: X })
      const opening = Array.from({ length: 100 }, () => openSilent(server))
      for (const { client, opened } of await Promise.all(opening)) {
        await expectDeath(server, client, gaps, opened)
      }
    }),
  },
  {
    name: 'what a session sends to a silent client before the end arrives',
    section: 'Design 5: The 2X rule',
    async run(harness) {
      const server = await harness.start({
        keepAliveInterval: X,
        handlers: { timeout: (connection) => connection.send('Are you there?') },
      })
      const { client } = await openSilent(server)
      assert.equal(await client.message(PATIENCE), 'Are you there?')
      await client.ended(PATIENCE)
      await server.expectClose(DEAD)
    },
  },
  {
    name: 'keepAliveInterval 0 sends no ping and ends nobody',
    section: 'Design 5: The 2X rule',
    run: watchingGaps(async (harness, gaps) => {
      const off = await harness.start({ keepAliveInterval: 0 })
      const on = await harness.start({ keepAliveInterval: X })
      const client = await off.open()
      const other = await openSilent(on)
      // By the time that the other one was ended, this one was silent for longer.
      await expectDeath(on, other.client, gaps, other.opened)
      client.text('still here')
      assert.equal((await client.frame()).payload.toString(), 'still here')
    }),
  },
]

/** The error that a loop session got when its silent client was declared dead. */
async function errorAtDeath(
  harness: Harness,
  options: ServerOptions,
  wait: Parameters<typeof loop>[0],
  prepare: (client: WebSocketClient) => void,
): Promise<unknown> {
  const errors = new Inbox<unknown>('the loop session to be released')
  const server = await harness.start({
    keepAliveInterval: X,
    ...options,
    session: loop((connection) => wait(connection).catch((error) => errors.push(error))),
  })
  const client = await server.open()
  prepare(client)
  await server.expectClose(DEAD)
  return errors.next()
}

const released: readonly UngroupedCase[] = [
  {
    name: 'a loop session that waits to receive is released with the cause',
    section: 'Design 5: The 2X rule',
    async run(harness) {
      const error = await errorAtDeath(
        harness,
        {},
        async (connection) => {
          for await (const message of connection) await connection.sendAndWait(message)
        },
        () => {},
      )
      assert.ok(error instanceof ConnectionClosedError)
      assert.deepEqual(error.event, DEAD)
    },
  },
  {
    name: 'a loop session that waits to send is released with the cause',
    section: 'Design 5: The 2X rule',
    async run(harness) {
      const error = await errorAtDeath(
        harness,
        { maxBufferedAmount: 64 * 2 ** 20 },
        async (connection) => {
          const chunk = new Uint8Array(2 ** 20)
          while ((await connection.sendAndWait(chunk)) === 'sent') {
            // Until the network takes no more and send waits.
          }
        },
        (client) => client.raw.pause(),
      )
      assert.ok(error instanceof ConnectionClosedError)
      assert.deepEqual(error.event, DEAD)
    },
  },
]

/** Silent clients: when they are ended, and who hears of it. */
export const heartbeatCases: readonly Case[] = inGroup('heartbeat', [...silent, ...released])
