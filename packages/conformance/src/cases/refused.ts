import assert from 'node:assert/strict'
import { refuse } from '@wirebeat/core'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import { handshakeRequest } from '../http.ts'
import type { RawClient } from '../raw-client.ts'
import { expectRefusal, PLAIN_GET } from './handshake.ts'

/** Longer than what an engine puts together before it writes. */
const LONG = 'No. '.repeat(64 * 1024)

const leaving = (['at once', 'later'] as const).map(
  (when): UngroupedCase => ({
    name: `a client that resets just before a long refusal is written does no harm, when it is given ${when}`,
    section: 'Design 7: Fairness and bounds',
    async run(harness) {
      const leaving: RawClient[] = []
      const server = await harness.start({
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

/** What becomes of a connection whose request was refused. */
export const refusedCases: readonly Case[] = inGroup(
  'handshake',
  needing('wire', [...behind, ...leaving]),
)
