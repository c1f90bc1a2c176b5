import assert from 'node:assert/strict'
import { refuse } from '@wirebeat/core'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import type { RequestOptions } from '../web-socket-client.ts'
import { expectRefusal } from './handshake.ts'

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

/** What a request over HTTP/2 cannot have wrong, or is told by another status. */
const OF_HTTP1: ReadonlySet<string> = new Set(['upgrade', 'method', 'version', 'key'])

function together(parts: readonly RequestOptions[]): RequestOptions {
  const add = (all: RequestOptions, part: RequestOptions): RequestOptions => ({
    ...all,
    ...part,
    headers: { ...all.headers, ...part.headers },
  })
  return parts.reduce(add, { origin: CLIENT })
}

const CLIENT = 'https://client.example'

const order = faults.slice(0, -1).map(
  ([what, , status], i): UngroupedCase => ({
    name: `of a request that is wrong from its ${what} on, the ${what} is told`,
    section: 'Design 1: Handshake order',
    needs: OF_HTTP1.has(what) ? ['http-1.1'] : [],
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

const room: readonly UngroupedCase[] = [
  {
    name: 'over maxConnections a handshake gets 503, until one has left',
    section: 'Design 1: Handshake order',
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
    section: 'Design 1: Handshake order',
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
]

/** Who is let in: the order of the checks, and room. */
export const admissionCases: readonly Case[] = inGroup('handshake', [...order, ...room])
