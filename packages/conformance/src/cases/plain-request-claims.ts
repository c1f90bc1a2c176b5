import assert from 'node:assert/strict'
import { refuse } from '@wirebeat/core'
import type { UngroupedCase } from '../case.ts'
import { expectRefusal } from './handshake.ts'
import { expectStatus, post, start } from './plain-request.ts'

export const claims: readonly UngroupedCase[] = [
  {
    name: 'a WebSocket takes the place that a plain request holds, and its id',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, (call) => extension.hold(call), {
        maxConnections: 1,
        maxConnectionsPerAddress: 1,
      })
      expectStatus(await server.request(post('')), 200)
      expectRefusal(await server.request(), 503)
      const client = await server.open({ path: '/ws?id=secret' })
      const connection = await server.told.opened.next()
      assert.equal(connection.id, 'public')
      assert.equal(connection.transport, 'web-sockets')
      assert.equal(await extension.claims.next(), 'opened')
      await server.expectEcho(client, 'hello')
      // The place is not free once more.
      extension.release()
      expectRefusal(await server.request(), 503)
      client.close(1000)
      await server.expectClose({ cause: 'client', code: 1000 })
      assert.equal(await extension.claims.next(), 'ended')
      await server.expectEcho(await server.open(), 'room')
    },
  },
  {
    name: 'a WebSocket that asks for a place of nobody is refused as the extension says',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server } = await start(harness, () => {})
      const response = await server.request({ path: '/ws?id=unknown' })
      expectRefusal(response, 404)
      assert.match(response.body, /^There is none\./)
      assert.deepEqual(server.refusals, { transport: 1 })
    },
  },
  {
    name: 'a WebSocket that authorize refuses leaves the place to another one',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, (call) => extension.hold(call), {
        maxConnections: 1,
        authorize: async ({ headers }) => (headers.get('x-user') === 'me' ? {} : refuse(401)),
      })
      const me = { 'X-User': 'me' }
      expectStatus(await server.request(post('', me)), 200)
      expectRefusal(await server.request({ path: '/ws?id=secret' }), 401)
      assert.equal(await extension.claims.next(), 'refused')
      expectRefusal(await server.request({ headers: me }), 503)
      await server.expectEcho(await server.open({ path: '/ws?id=secret', headers: me }), 'me')
    },
  },
  {
    name: 'a WebSocket for a connection that lives is carried by it, and takes no place',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, () => {}, {
        maxConnections: 1,
        authorize: async ({ headers }) => (headers.get('x-user') === 'me' ? {} : refuse(401)),
      })
      const headers = { 'X-User': 'me' }
      const first = await server.open({ headers })
      await server.told.opened.next()
      expectRefusal(await server.request({ path: '/ws?id=living' }), 401)
      assert.equal(await extension.claims.next(), 'refused')
      const wire = await server.open({ path: '/ws?id=living', headers })
      assert.equal(await extension.claims.next(), 'carried')
      await server.expectEcho(wire, 'by the wire')
      assert.equal(server.endpoint.stats().connections.open, 1)
      wire.close(1000)
      assert.equal(await extension.claims.next(), 'closed as client')
      // Nothing was given back that is not the wire's.
      expectRefusal(await server.request({ headers }), 503)
      await server.expectEcho(first, 'the same')
    },
  },
]
