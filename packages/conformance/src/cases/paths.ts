import assert from 'node:assert/strict'
import { allow, refuse } from '@wirebeat/core'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { expectRefusal, PLAIN_GET } from './handshake.ts'

const taken: readonly (readonly [
  path: string,
  target: string,
  params: Readonly<Record<string, string>>,
])[] = [
  ['/rooms/:id', '/rooms/seven', { id: 'seven' }],
  ['/rooms/:id', '/rooms/seven?id=eight', { id: 'seven' }],
  ['/rooms/:id', '/rooms/a%2Fb', { id: 'a/b' }],
  ['/rooms/:id', '/rooms/a%252Fb', { id: 'a%2Fb' }],
  ['/rooms/:id', '/rooms/caf%C3%A9%20%3F', { id: 'café ?' }],
  ['/rooms/:id', '/rooms/:id', { id: ':id' }],
  ['/:site/ocpp/:station', '/north/ocpp/CP-1.2_3', { site: 'north', station: 'CP-1.2_3' }],
]

const matching = taken.map(
  ([path, target, params]): UngroupedCase => ({
    name: `the path ${path} takes ${target}, and tells its parameters`,
    section: 'Design 1: Handshake order',
    async run(harness) {
      const seen: unknown[] = []
      const server = await harness.start({
        path,
        authorize(request) {
          seen.push(request.params)
          return allow()
        },
      })
      const client = await server.open({ path: target })
      assert.deepEqual(seen, [params])
      assert.deepEqual((await server.told.opened.next()).params, params)
      await server.expectEcho(client, 'hello')
    },
  }),
)

const others = ['/rooms', '/rooms/', '/rooms/a/', '/rooms/a/b', '/Rooms/a', '/r%6Foms/a'].map(
  (target): UngroupedCase => ({
    name: `the path /rooms/:id leaves ${target} to others`,
    section: 'Design 1: Handshake order',
    async run(harness) {
      const server = await harness.start({ path: '/rooms/:id' })
      assert.equal((await server.request({ path: target })).status, 404)
      assert.equal((await server.request({ ...PLAIN_GET, path: target })).status, 404)
      await server.expectEcho(await server.open({ path: '/rooms/a' }), 'hello')
      assert.deepEqual(server.told.refused.all, [])
    },
  }),
)

const undecodable = ['%zz', '%', '%FF', '%C3', 'a%E2%82'].map(
  (segment): UngroupedCase => ({
    name: `a parameter that cannot be decoded is refused with 400: ${segment}`,
    section: 'RFC 3986, section 2.1',
    async run(harness) {
      let asked = 0
      const server = await harness.start({
        path: '/rooms/:id',
        authorize() {
          asked++
          return allow()
        },
      })
      expectRefusal(await server.request({ path: `/rooms/${segment}` }), 400)
      assert.equal((await server.told.refused.next()).reason, 'malformed')
      assert.equal(asked, 0)
    },
  }),
)

const more: readonly UngroupedCase[] = [
  {
    name: 'a plain request at a path with parameters is told that a WebSocket is there',
    section: 'Design 1: Handshake order',
    needs: ['http-1.1'],
    async run(harness) {
      const server = await harness.start({ path: '/rooms/:id' })
      expectRefusal(await server.request({ ...PLAIN_GET, path: '/rooms/a' }), 426)
      assert.equal((await server.told.refused.next()).reason, 'not-websocket')
    },
  },
  {
    name: 'authorize keeps a room closed by its parameter',
    section: 'Design 2: Fail closed',
    async run(harness) {
      const server = await harness.start({
        path: '/rooms/:id',
        authorize: async ({ params }) => (params['id'] === 'open' ? allow() : refuse(403)),
      })
      expectRefusal(await server.request({ path: '/rooms/closed' }), 403)
      await server.expectEcho(await server.open({ path: '/rooms/%6Fpen' }), 'hello')
    },
  },
  ...[
    ['of Vite', '/?token=a', 'vite-hmr'] as const,
    ['by which Vite waits for its server', '/', 'vite-ping'] as const,
    ['of Next.js', '/_next/webpack-hmr?page=/', undefined] as const,
  ].map(
    ([what, path, protocols]): UngroupedCase => ({
      name: `an endpoint without a path leaves the WebSocket ${what} alone`,
      section: 'Design 1: Handshake order',
      async run(harness) {
        let asked = 0
        const server = await harness.start({
          path: null,
          authorize() {
            asked++
            return allow()
          },
        })
        const request = { path, ...(protocols !== undefined && { protocols }) }
        assert.equal((await server.request(request)).status, 404)
        assert.equal(asked, 0)
        assert.deepEqual(server.told.refused.all, [])
        await server.expectEcho(await server.open({ path: '/', protocols: 'chat' }), 'hello')
      },
    }),
  ),
]

/** Paths with parameters, and endpoints without a path. */
export const pathCases: readonly Case[] = inGroup('handshake', [
  ...matching,
  ...others,
  ...undecodable,
  ...more,
])
