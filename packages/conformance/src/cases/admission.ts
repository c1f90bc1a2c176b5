import assert from 'node:assert/strict'
import { refuse } from '@wirebeat/core'
import { type Case, inGroup } from '../case.ts'
import { handshakeRequest } from '../http.ts'
import type { RequestOptions } from '../web-socket-client.ts'
import { expectRefusal, PLAIN_GET } from './handshake.ts'

/** What can be wrong with one request, in the order in which it is told. */
const faults: readonly (readonly [what: string, fault: RequestOptions, status: number])[] = [
  ['path', { path: '/other' }, 404],
  ['upgrade', { headers: { Upgrade: 'h2c' } }, 426],
  ['method', { method: 'POST' }, 405],
  ['version', { headers: { 'Sec-WebSocket-Version': '8' } }, 426],
  ['key', { headers: { 'Sec-WebSocket-Key': 'short' } }, 400],
  ['room', {}, 503],
  ['origin', { origin: 'https://elsewhere.example' }, 403],
  ['authorization', { headers: { Authorization: 'wrong' } }, 401],
]

function together(parts: readonly RequestOptions[]): RequestOptions {
  const add = (all: RequestOptions, part: RequestOptions): RequestOptions => ({
    ...all,
    ...part,
    headers: { ...all.headers, ...part.headers },
  })
  return parts.reduce(add, { origin: CLIENT })
}

const CLIENT = 'https://client.example'

const order = faults.map(
  ([what, , status], i): Omit<Case, 'group'> => ({
    name: `of a request that is wrong from its ${what} on, the ${what} is told`,
    section: 'Design: Handshake',
    async run(harness) {
      const server = await harness.start({
        maxConnections: 1,
        allowedOrigins: [CLIENT],
        authorize: ({ headers }) => (headers.get('Authorization') === 'wrong' ? refuse(401) : {}),
      })
      const wrong = faults.slice(i)
      if (wrong.some(([fault]) => fault === 'room')) await server.open({ origin: CLIENT })
      const response = await server.request(together(wrong.map(([, fault]) => fault)))
      assert.equal(response.status, status)
    },
  }),
)

const room: readonly Omit<Case, 'group'>[] = [
  {
    name: 'over maxConnections a handshake gets 503, until one has left',
    section: 'Design: Handshake',
    async run(harness) {
      const server = await harness.start({ maxConnections: 1 })
      const first = await server.open()
      expectRefusal(await server.request(), 503)
      assert.equal((await server.told.refused.next()).reason, 'full')
      first.close(1000)
      await server.expectClose({ cause: 'client' })
      await server.expectEcho(await server.open(), 'room again')
    },
  },
  {
    name: 'over maxConnectionsPerAddress a handshake gets 429, until one has left',
    section: 'Design: The surface',
    async run(harness) {
      const server = await harness.start({ maxConnectionsPerAddress: 2 })
      const first = await server.open()
      await server.open()
      expectRefusal(await server.request(), 429)
      assert.equal((await server.told.refused.next()).reason, 'address-limit')
      first.raw.reset()
      await server.expectClose({ cause: 'lost' })
      await server.expectEcho(await server.open(), 'room again')
    },
  },
  {
    name: 'requests that wait for authorize take no more places than there are',
    section: 'Design: The surface',
    async run(harness) {
      const gate = gates()
      const server = await harness.start({ maxConnections: 1, authorize: gate.wait })
      const both = [server.request(), server.request()]
      await gate.open()
      const responses = await Promise.all(both)
      assert.deepEqual(responses.map(({ status }) => status).sort(), [101, 503])
    },
  },
]

const authorization: readonly Omit<Case, 'group'>[] = [
  ...[
    ['at once', () => ({ user: 'ada' })] as const,
    ['later', () => Promise.resolve({ user: 'ada' })] as const,
  ].map(
    ([when, authorize]): Omit<Case, 'group'> => ({
      name: `what authorize returns ${when} is the context of the connection`,
      section: 'Design: The surface',
      async run(harness) {
        const server = await harness.start({ authorize })
        const client = await server.open()
        assert.deepEqual((await server.told.opened.next()).context, { user: 'ada' })
        await server.expectEcho(client, 'hello')
      },
    }),
  ),
  {
    name: 'authorize sees the request as it came',
    section: 'Design: The surface',
    async run(harness) {
      const seen: unknown[] = []
      const server = await harness.start({
        async authorize(request) {
          // Looked at late, when an engine may have let go of it.
          await Promise.resolve()
          const { headers, method, url, remoteAddress, secure } = request
          seen.push(method, url, remoteAddress, secure, headers.get('Cookie'), headers.get('X-A'))
        },
      })
      await server.open({ path: '/ws?a=b', headers: { Cookie: 'c=1', 'x-a': ['1', '2'] } })
      assert.deepEqual(seen, ['GET', '/ws?a=b', '127.0.0.1', false, 'c=1', '1, 2'])
    },
  },
  {
    name: 'a refusal of authorize reaches the client with status, headers and body',
    section: 'Design: The surface',
    async run(harness) {
      const headers = { 'WWW-Authenticate': 'Bearer' }
      const server = await harness.start({
        authorize: async () => refuse(401, { headers, body: 'Show a token.' }),
      })
      const response = await server.request()
      expectRefusal(response, 401)
      assert.equal(response.headers.get('www-authenticate'), 'Bearer')
      assert.equal(response.body.trim(), 'Show a token.')
      assert.equal((await server.told.refused.next()).reason, 'unauthorized')
    },
  },
  {
    name: 'an authorize that throws is answered with 500 and told to onError',
    section: 'Design: Errors',
    async run(harness) {
      const failure = new Error('the database is away')
      const server = await harness.start({ authorize: () => Promise.reject(failure) })
      const response = await server.request()
      expectRefusal(response, 500)
      assert.doesNotMatch(response.body, /database/)
      assert.equal(await server.told.errors.next(), failure)
      assert.equal((await server.told.refused.next()).reason, 'error')
    },
  },
  {
    name: 'an authorize that takes longer than handshakeTimeout is answered with 503',
    section: 'Design: The surface',
    async run(harness) {
      const gate = gates()
      const server = await harness.start({ handshakeTimeout: 100, authorize: gate.wait })
      expectRefusal(await server.request(), 503)
      assert.equal((await server.told.refused.next()).reason, 'timeout')
      await gate.open()
    },
  },
  {
    name: 'a client that leaves while authorize takes its time opens no connection',
    section: 'Design: Errors',
    needs: ['wire'],
    async run(harness) {
      const gate = gates()
      const server = await harness.start({ maxConnections: 1, authorize: gate.wait })
      const leaving = await server.connect()
      leaving.write(handshakeRequest(80).text)
      await gate.asked
      leaving.reset()
      // The response comes after the server has seen the reset, which came before the request.
      await server.request(PLAIN_GET)
      await gate.open()
      await server.expectEcho(await server.open(), 'room')
      assert.equal(server.told.opened.all.length, 1)
    },
  },
]

/** An authorize function that waits at a gate, which once opened stays open. */
function gates(): {
  readonly wait: () => Promise<undefined>
  readonly asked: Promise<void>
  readonly open: () => Promise<void>
} {
  let announce = (): void => {}
  const asked = new Promise<void>((resolve) => {
    announce = resolve
  })
  let open = (): void => {}
  const opened = new Promise<undefined>((resolve) => {
    open = () => resolve(undefined)
  })
  return {
    asked,
    wait() {
      announce()
      return opened
    },
    async open() {
      await asked
      open()
    },
  }
}

/** Who is let in: the order of the checks, room, and authorize. */
export const admissionCases: readonly Case[] = inGroup('handshake', [
  ...order,
  ...room,
  ...authorization,
])
