import assert from 'node:assert/strict'
import type { UngroupedCase } from '../case.ts'
import { handshakeRequest } from '../http.ts'
import { expectRefusal } from './handshake.ts'
import { plain, post, start, TEXT, tellBody } from './plain-request.ts'

export const answers: readonly UngroupedCase[] = [
  ...(
    [
      ['/ws', '/ws', '', {}],
      ['/ws', '/ws/?a=b', '', {}],
      ['/ws', '/ws/negotiate?a=b', '/negotiate', {}],
      ['/ws', '/ws/negotiate/', '/negotiate', {}],
      ['/rooms/:id', '/rooms/a%2Fb/negotiate', '/negotiate', { id: 'a/b' }],
      ['/rooms/:id', '/rooms/seven/', '', { id: 'seven' }],
      ['/', '/', '', {}],
      ['/', '/negotiate', '/negotiate', {}],
    ] as const
  ).map(
    ([path, target, subpath, params]): UngroupedCase => ({
      name: `a plain request for ${target} is answered by the extension of ${path}`,
      section: 'Design 15: Plain requests',
      async run(harness) {
        const { server, extension } = await start(harness, tellBody, { path })
        const response = await server.request(post('hello', {}, target))
        assert.equal(response.status, 200)
        assert.equal(response.body, 'hello')
        assert.equal(response.headers.get('content-type'), 'text/plain')
        const call = await extension.calls.next()
        assert.equal(call.subpath, subpath)
        assert.equal(call.request.method, 'POST')
        assert.equal(call.request.url, target)
        assert.deepEqual({ ...call.request.params }, params)
      },
    }),
  ),
  {
    name: 'a plain request for another path is not handed to the extension',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, tellBody)
      for (const path of ['/', '/w', '/ws//', '/ws/other', '/ws/negotiate/a', '/negotiate']) {
        assert.equal((await server.request(plain('GET', {}, path))).status, 404, path)
      }
      assert.equal(extension.calls.all.length, 0)
    },
  },
  {
    name: 'WebSockets open beside plain requests, with a / at the end of the path as well',
    section: 'Design 15: Plain requests',
    async run(harness) {
      const { server, extension } = await start(harness, tellBody)
      await server.expectEcho(await server.open(), 'without')
      await server.expectEcho(await server.open({ path: '/ws/?a' }), 'with')
      assert.equal(extension.calls.all.length, 0)
      assert.equal((await server.told.opened.next()).transport, 'web-sockets')
    },
  },
  {
    name: 'a handshake that is malformed is refused as such, and not handed to the extension',
    section: 'Design 1: Handshake order',
    needs: ['http-1.1'],
    async run(harness) {
      const { server, extension } = await start(harness, tellBody)
      expectRefusal(await server.request({ headers: { Connection: 'close' } }), 400)
      assert.equal(extension.calls.all.length, 0)
    },
  },
  {
    name: 'a plain request without a body has an empty one',
    section: 'RFC 9112, section 6.3',
    async run(harness) {
      const { server } = await start(harness, tellBody)
      for (const request of [plain('GET'), plain('DELETE'), post('')]) {
        const response = await server.request(request)
        assert.equal(response.status, 200)
        assert.equal(response.body, '')
      }
    },
  },
  {
    name: 'a plain request that the extension answers with 204 has no body',
    section: 'RFC 9110, section 15.3.5',
    async run(harness) {
      const { server } = await start(harness, (call) => call.respond(204, {}))
      const response = await server.request(plain('GET'))
      assert.equal(response.status, 204)
      assert.equal(response.headers.get('content-length') ?? '0', '0')
    },
  },
  {
    name: 'header fields that come several times are sent as several',
    section: 'RFC 6265, section 3',
    needs: ['http-1.1'],
    async run(harness) {
      const { server } = await start(harness, (call) =>
        call.respond(200, { 'Set-Cookie': ['a=1', 'b=2'] }, new Uint8Array([104, 105])),
      )
      const response = await server.request(plain('GET'))
      assert.equal(response.headers.get('set-cookie'), 'a=1, b=2')
      assert.equal(response.body, 'hi')
    },
  },
  {
    name: 'a HEAD is answered without a body',
    section: 'RFC 9110, section 9.3.2',
    needs: ['http-1.1'],
    async run(harness) {
      const { server } = await start(harness, (call) => call.respond(405, TEXT, 'No HEAD.'))
      const client = await server.connect()
      const received: Buffer[] = []
      client.handTo((chunk) => received.push(chunk))
      client.write(handshakeRequest(plain('HEAD', { Connection: 'close' })).text)
      await client.ended()
      const answer = Buffer.concat(received).toString()
      assert.ok(answer.startsWith('HTTP/1.1 405 '), answer)
      assert.equal(answer.indexOf('\r\n\r\n'), answer.length - 4, answer)
    },
  },
  {
    name: 'what the extension throws is answered with 500, and told',
    section: 'Design 11: Errors',
    async run(harness) {
      const error = new Error('boom')
      const { server } = await start(harness, ({ request }) => {
        if (request.url === '/ws?now') throw error
        return Promise.reject(error)
      })
      for (const path of ['/ws?now', '/ws?later']) {
        expectRefusal(await server.request(plain('GET', {}, path)), 500)
      }
      for (let told = 0; told < 2; told++) assert.equal(await server.told.errors.next(), error)
      assert.deepEqual(server.refusals, { error: 2 })
    },
  },
]
