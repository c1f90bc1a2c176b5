import assert from 'node:assert/strict'
import { type Case, inGroup } from '../case.ts'
import { handshakeRequest } from '../http.ts'

/** Milliseconds that a server gets beyond its own bound, because the machine may be busy. */
const EXTRA_TIME = 10_000

/** How much of its handshake a client sends at once, and how much every 100 ms from then on. */
const slow: readonly (readonly [who: string, atOnce: number, later: number])[] = [
  ['sends nothing', 0, 0],
  ['stops in the middle of its handshake', 60, 0],
  ['sends its handshake byte by byte', 1, 1],
]

/** Requests that do not come to their end. */
export const requestTimeCases: readonly Case[] = inGroup(
  'handshake',
  slow.map(([who, atOnce, later]) => ({
    name: `a client that ${who} is cut off after handshakeTimeout`,
    section: 'Design 7: Fairness and bounds',
    needs: ['wire', 'http-1.1', 'request-time'],
    async run(harness) {
      const server = await harness.start({ handshakeTimeout: 500 })
      const client = await server.connect()
      const { text } = handshakeRequest()
      client.write(text.slice(0, atOnce))
      let sent = atOnce
      const sending = setInterval(() => {
        client.write(text.slice(sent, sent + later))
        sent += later
      }, 100)
      await client.ended(EXTRA_TIME).finally(() => clearInterval(sending))
      assert.ok(sent < text.length, 'the whole request was sent')
      await server.expectEcho(await server.open(), 'unharmed')
    },
  })),
)
