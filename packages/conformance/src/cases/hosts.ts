import assert from 'node:assert/strict'
import { type Case, inGroup } from '../case.ts'
import { expectRefusal } from './handshake.ts'

/** Which hosts a server answers for. */
export const hostCases: readonly Case[] = inGroup('handshake', [
  {
    name: 'a host that is not allowed gets 403, whatever else the request is',
    section: 'Design 1: Handshake order',
    async run(harness) {
      const server = await harness.start({ allowedHosts: ['localhost'] })
      const headers = { Host: 'attacker.example' }
      // Its origin is that of the host, as it is for a page that is reached by that name.
      expectRefusal(await server.request({ headers, origin: 'http://attacker.example' }), 403)
      expectRefusal(await server.request({ headers: { ...headers, Upgrade: null } }), 403)
      assert.deepEqual(server.refusals, { host: 2 })
    },
  },
  {
    name: 'a host that is allowed gets in by its name, with any port',
    section: 'Design 1: Handshake order',
    async run(harness) {
      const server = await harness.start({ allowedHosts: ['localhost', '*.example.com'] })
      for (const Host of ['localhost', 'localhost:5000', 'a.example.com']) {
        await server.expectEcho(await server.open({ headers: { Host } }), 'hello')
      }
    },
  },
])
