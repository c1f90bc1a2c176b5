import assert from 'node:assert/strict'
import { loop } from '@wirebeat/core'
import { type Case, inGroup } from '../case.ts'
import { expectRefusal } from './handshake.ts'

/** Shutting an endpoint down. */
export const shutdownCases: readonly Case[] = inGroup('shutdown', [
  {
    name: 'closing the endpoint sends 1001 to all, and resolves once they have gone',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const server = await harness.start()
      const clients = await Promise.all([server.open(), server.open(), server.open()])
      const closing = server.endpoint.close({ deadline: 4_000 })
      for (const client of clients) {
        assert.equal((await client.closeFrame()).code, 1001)
        client.close(1001)
      }
      const report = await closing
      assert.equal(server.endpoint.connections.size, 0)
      assert.equal(report.total, 3)
      assert.equal(report.terminated, 0)
      assert.deepEqual(report.causes, { shutdown: 3 })
      for (const _ of clients) await server.expectClose({ code: 1001, cause: 'shutdown' })
    },
  },
  {
    name: 'closing an endpoint without connections resolves',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const server = await harness.start()
      assert.equal((await server.endpoint.close({ deadline: 4_000 })).total, 0)
    },
  },
  {
    name: 'a handshake during and after the shutdown gets 503',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open({ staysOpen: true })
      const closing = server.endpoint.close({ deadline: 300 })
      expectRefusal(await server.request(), 503)
      assert.equal((await server.told.refused.next()).reason, 'shutting-down')
      await client.ended()
      await closing
      expectRefusal(await server.request(), 503)
    },
  },
  {
    name: 'a shutdown that waits leaves the open connections as they are, and refuses new ones with 503',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const closing = server.endpoint.close({ mode: 'wait', deadline: 60_000 })
      expectRefusal(await server.request(), 503)
      await server.expectEcho(client, 'still here')
      client.close(1000)
      const report = await closing
      assert.deepEqual(report, { total: 1, clean: 1, terminated: 0, causes: { client: 1 } })
    },
  },
  {
    name: 'a shutdown that waits closes with 1001 before the deadline',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      const closing = server.endpoint.close({ mode: 'wait', deadline: 4_000, spread: 3_500 })
      assert.equal((await client.closeFrame()).code, 1001)
      client.close(1001)
      const { terminated, causes } = await closing
      assert.deepEqual({ terminated, causes }, { terminated: 0, causes: { shutdown: 1 } })
    },
  },
  {
    name: 'clients that do not answer are let go at the deadline',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const server = await harness.start({ closeTimeout: 60_000 })
      const client = await server.open({ staysOpen: true })
      await server.endpoint.close({ deadline: 200 })
      assert.equal((await client.closeFrame()).code, 1001)
      await server.expectClose({ code: 1001, wasClean: false, cause: 'shutdown' })
      await client.raw.gone()
    },
  },
  {
    name: 'a loop session that waits to receive ends in order at shutdown',
    section: 'Design 9: Shutdown',
    async run(harness) {
      let hasEnded = false
      const server = await harness.start({
        session: loop(async (connection) => {
          for await (const message of connection) await connection.sendAndWait(message)
          hasEnded = true
        }),
      })
      const client = await server.open()
      const closing = server.endpoint.close({ deadline: 4_000 })
      await client.closeFrame()
      client.close(1001)
      await closing
      await server.expectClose({ cause: 'shutdown' })
      assert.ok(hasEnded)
    },
  },
  {
    name: 'another endpoint goes on',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const [ending, staying] = [await harness.start(), await harness.start()]
      const [leaver, stayer] = [await ending.open(), await staying.open()]
      const closing = ending.endpoint.close({ deadline: 4_000 })
      await leaver.closeFrame()
      leaver.close(1001)
      await closing
      await staying.expectEcho(stayer, 'unharmed')
      await staying.expectEcho(await staying.open(), 'welcome')
    },
  },
])
