import assert from 'node:assert/strict'
import { refuse } from '@wirebeat/core'
import type { UngroupedCase } from '../case.ts'
import type { ServerOptions } from '../harness.ts'
import { handshakeRequest } from '../http.ts'
import { Inbox } from '../inbox.ts'
import { expectRefusal } from './handshake.ts'
import { expectStatus, type Headers, plain, post, start, tellBody } from './plain-request.ts'

export const decisions: readonly UngroupedCase[] = [
  ...(
    [
      [{ allowedHosts: ['other.example'] }, {}, 403, 'host'],
      [{ allowedOrigins: ['https://a.example'] }, { Origin: 'https://b.example' }, 403, 'origin'],
      [{ requireOrigin: true }, {}, 403, 'origin'],
      [{ authorize: () => refuse(401) }, {}, 401, 'unauthorized'],
      [{ authorize: async () => refuse(401) }, {}, 401, 'unauthorized'],
    ] as const satisfies readonly (readonly [ServerOptions, Headers, number, string])[]
  ).map(
    ([options, headers, status, reason]): UngroupedCase => ({
      name: `a plain request is refused with ${status} as a WebSocket is, for ${Object.entries(options).map(([name, value]) => `${name} ${typeof value === 'function' ? value.toString() : JSON.stringify(value)}`)}`,
      section: 'Design 15: Plain requests',
      async run(harness) {
        const { server, extension } = await start(harness, (call) => extension.hold(call), options)
        expectRefusal(await server.request(post('', headers)), status)
        expectRefusal(await server.request({ headers }), status)
        assert.deepEqual(server.refusals, { [reason]: 2 })
      },
    }),
  ),
  {
    name: 'a plain request without Host is refused with 400, and one of too many fields with 431',
    section: 'Design 1: Handshake order',
    needs: ['http-1.1', 'many-header-fields'],
    async run(harness) {
      const { server, extension } = await start(harness, tellBody)
      expectStatus(await server.request(plain('GET', { Host: null })), 400)
      const fields = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`x-${i}`, 'x']))
      expectStatus(await server.request(plain('GET', fields)), 431)
      assert.equal(extension.calls.all.length, 0)
    },
  },
  {
    name: 'a GET without Origin is let in where one is required of others',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server } = await start(harness, tellBody, { requireOrigin: true })
      expectStatus(await server.request(plain('GET')), 200)
      expectRefusal(await server.request(plain('DELETE')), 403)
    },
  },
  {
    name: 'a place that a plain request holds counts as a connection, until it is given back',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, (call) => extension.hold(call), {
        maxConnections: 1,
      })
      expectStatus(await server.request(post('')), 200)
      expectRefusal(await server.request(post('')), 503)
      expectRefusal(await server.request(), 503)
      extension.release()
      await server.expectEcho(await server.open(), 'room')
      assert.deepEqual(server.refusals, { full: 2 })
    },
  },
  {
    name: 'a client that goes away while authorize decides about a plain request gives its place back',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const asked = new Inbox<string>('authorize to be asked')
      const { server, extension } = await start(harness, (call) => extension.hold(call), {
        maxConnections: 1,
        authorize({ url }, { signal }) {
          if (url === '/ws?now') return {}
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              asked.push('aborted')
              reject(new Error('aborted'))
            })
            asked.push('asked')
          })
        },
      })
      const client = await server.connect()
      client.write(handshakeRequest(post('')).text)
      assert.equal(await asked.next(), 'asked')
      client.reset()
      assert.equal(await asked.next(), 'aborted')
      await server.expectEcho(await server.open({ path: '/ws?now' }), 'room')
    },
  },
  {
    name: 'a shutdown refuses plain requests that ask for a place, and hands over the others',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const { server, extension } = await start(harness, (call) =>
        call.request.method === 'GET' ? tellBody(call) : extension.hold(call),
      )
      await server.endpoint.close()
      expectRefusal(await server.request(post('')), 503)
      expectStatus(await server.request(plain('GET')), 200)
    },
  },
]
