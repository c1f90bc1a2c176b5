import assert from 'node:assert/strict'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { handshakeRequest } from '../http.ts'
import type { RawClient } from '../raw-client.ts'

/** Milliseconds that a server gets beyond its own bound, because the machine may be busy. */
const MERCY = 10_000

/** Sends a handshake byte by byte, a little at a time, and stops when the server has ended it. */
function drip(client: RawClient): () => void {
  const { text } = handshakeRequest()
  let sent = 0
  const timer = setInterval(() => client.write(text.charAt(sent++)), 100)
  return () => {
    clearInterval(timer)
    assert.ok(sent < text.length, 'the whole request was sent')
  }
}

const slow: readonly (readonly [who: string, send: (client: RawClient) => () => void])[] = [
  ['sends nothing', () => () => {}],
  ['stops in the middle of its handshake', (client) => send(client, 60)],
  ['sends its handshake byte by byte', drip],
]

function send(client: RawClient, length: number): () => void {
  client.write(handshakeRequest().text.slice(0, length))
  return () => {}
}

/** Requests that do not come to their end. */
export const requestTimeCases: readonly Case[] = inGroup('handshake', [
  ...slow.map(
    ([who, begin]): UngroupedCase => ({
      name: `a client that ${who} is cut off after handshakeTimeout`,
      section: 'Design: The surface',
      needs: ['wire', 'request-time'],
      async run(harness) {
        const server = await harness.start({ handshakeTimeout: 500 })
        const client = await server.connect()
        const stop = begin(client)
        await client.ended(MERCY)
        stop()
        await server.expectEcho(await server.open(), 'unharmed')
      },
    }),
  ),
])
