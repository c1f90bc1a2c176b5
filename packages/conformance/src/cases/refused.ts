import assert from 'node:assert/strict'
import { refuse } from '@wirebeat/core'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import { handshakeRequest } from '../http.ts'
import type { RawClient } from '../raw-client.ts'
import { expectRefusal, PLAIN_GET } from './handshake.ts'

/** Longer than what an engine puts together before it writes. */
const LONG = 'No. '.repeat(64 * 1024)

const leaving = (
  [
    ['at once', false],
    ['later', false],
    ['at once', true],
    ['later', true],
  ] as const
).map(
  ([when, tls]): UngroupedCase => ({
    name: `a client${tls ? ' over TLS' : ''} that resets just before a long refusal is written does no harm, when it is given ${when}`,
    section: 'Design 7: Fairness and bounds',
    needs: tls ? ['tls'] : [],
    async run(harness) {
      const leaving: RawClient[] = []
      const server = await harness.start({
        tls,
        authorize() {
          // Within the server's own callback: before the next write the reset has come.
          leaving.pop()?.reset()
          const refusal = refuse(403, { body: LONG })
          return when === 'at once' ? refusal : Promise.resolve(refusal)
        },
      })
      for (let round = 0; round < 5; round++) {
        const client = await server.connect()
        leaving.push(client)
        client.write(handshakeRequest().text)
        await server.told.refused.next()
      }
      const response = await server.request()
      expectRefusal(response, 403)
      assert.equal(response.body, LONG)
    },
  }),
)

const leavingHead: UngroupedCase = {
  name: 'a client that resets just before a HEAD is refused does no harm',
  section: 'Design 7: Fairness and bounds',
  needs: ['http-1.1'],
  async run(harness) {
    const server = await harness.start()
    const leaving: RawClient[] = []
    server.endpoint.on('refuse', () => leaving.pop()?.reset())
    for (let round = 0; round < 5; round++) {
      const client = await server.connect()
      leaving.push(client)
      client.write(handshakeRequest({ ...PLAIN_GET, method: 'HEAD' }).text)
      await server.told.refused.next()
    }
    expectRefusal(await server.request(PLAIN_GET), 426)
  },
}

const behind = (
  [
    ['a handshake of another origin', 1, { origin: 'https://elsewhere.example' }],
    ['a plain GET', 1, PLAIN_GET],
    ['a plain GET for nobody', 0, { ...PLAIN_GET, path: '/nobody' }],
  ] as const
).map(
  ([what, refusals, request]): UngroupedCase => ({
    name: `a handshake in one packet behind ${what} opens nothing, and the connection ends`,
    section: 'Design 1: Handshake order',
    async run(harness) {
      const server = await harness.start({ allowedOrigins: ['https://client.example'] })
      const client = await server.connect()
      client.write(handshakeRequest(request).text + handshakeRequest().text)
      await client.ended()
      await server.expectEcho(await server.open(), 'unharmed')
      assert.equal(server.told.opened.all.length, 1)
      assert.equal(server.told.refused.all.length, refusals)
    },
  }),
)

const bodiless = (
  [
    ['a HEAD', { ...PLAIN_GET, method: 'HEAD' }, 426],
    ['a HEAD for a WebSocket', { method: 'HEAD' }, 405],
    ['a HEAD for nobody', { ...PLAIN_GET, method: 'HEAD', path: '/nobody' }, 404],
    ['a HEAD for a WebSocket of nobody', { method: 'HEAD', path: '/nobody' }, 404],
  ] as const
).map(
  ([what, request, status]): UngroupedCase => ({
    name: `${what} is refused with ${status} and without a body`,
    section: 'RFC 9110, section 9.3.2',
    needs: ['http-1.1'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.connect()
      const received: Buffer[] = []
      client.handTo((chunk) => received.push(chunk))
      client.write(handshakeRequest(request).text)
      await client.ended()
      const answer = Buffer.concat(received).toString()
      assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), answer)
      assert.equal(answer.indexOf('\r\n\r\n'), answer.length - 4, answer)
      // It may be missing, and else it is that of the answer to a GET.
      assert.doesNotMatch(answer, /^content-length: 0\r$/im)
    },
  }),
)

/** What becomes of a connection whose request was refused. */
export const refusedCases: readonly Case[] = inGroup(
  'handshake',
  needing('wire', [...behind, ...leaving, leavingHead, ...bodiless]),
)
