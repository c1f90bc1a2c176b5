import assert from 'node:assert/strict'
import { type Connection, loop, type Prepared, prepare } from '@wirebeat/core'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import { openDeflating } from '../deflate-client.ts'
import type { Harness, Server } from '../harness.ts'
import type { WebSocketClient } from '../web-socket-client.ts'
import { OFFER } from './compression.ts'

const KIB = 1024

const payloads: readonly (readonly [what: string, payload: string | Uint8Array])[] = [
  ['a text', 'Grüße, 你好, 🌊'],
  ['an empty text', ''],
  ['a text of 300 KiB', 'è'.repeat(150 * KIB)],
  ['binary', Uint8Array.from({ length: 256 }, (_, i) => i)],
  ['empty binary', new Uint8Array(0)],
  ['binary of 300 KiB', Uint8Array.from({ length: 300 * KIB }, (_, i) => 0x80 | (i % 61))],
]

/** Whether a client got this, compared outside assert, whose report of long values takes minutes. */
function isSame(got: string | Buffer, sent: string | Uint8Array): boolean {
  if (typeof got === 'string' || typeof sent === 'string') return got === sent
  return got.equals(sent)
}

/** A server that sends nothing by itself, and clients of it. */
async function room(
  harness: Harness,
  size: number,
): Promise<{ readonly server: Server; readonly clients: readonly WebSocketClient[] }> {
  const server = await harness.start({ handlers: { message() {} } })
  const clients: WebSocketClient[] = []
  for (let i = 0; i < size; i++) clients.push(await server.open())
  return { server, clients }
}

function sendToAll(server: Server, message: Prepared): void {
  for (const connection of server.endpoint.connections) connection.send(message)
}

const one: readonly UngroupedCase[] = payloads.map(
  ([what, payload]): UngroupedCase => ({
    name: `${what} that was prepared arrives at every client as it was, each time`,
    section: 'Design 4: Messages',
    async run(harness) {
      const { server, clients } = await room(harness, 3)
      const message = prepare(payload)
      sendToAll(server, message)
      sendToAll(server, message)
      for (const client of clients) {
        for (let i = 0; i < 2; i++) {
          const got = await client.message()
          assert.ok(isSame(got, payload), `got ${typeof got} of length ${got.length}`)
        }
      }
      const { bytes } = server.endpoint.stats().sent
      assert.equal(bytes, 6 * Buffer.byteLength(payload))
    },
  }),
)

const delivery: readonly UngroupedCase[] = [
  {
    name: 'bytes that were prepared may change afterwards, and can be prepared as text',
    section: 'Design 4: Messages',
    async run(harness) {
      const { server, clients } = await room(harness, 2)
      const bytes = Buffer.from('as it was')
      const messages = [prepare(bytes), prepare(bytes, 'text')]
      bytes.fill(0)
      for (const message of messages) sendToAll(server, message)
      for (const client of clients) {
        assert.deepEqual(await client.message(), Buffer.from('as it was'))
        assert.equal(await client.message(), 'as it was')
      }
    },
  },
  ...(['handlers', 'loop'] as const).map(
    (style): UngroupedCase => ({
      name: `messages that were prepared keep their place among others of a session (${style})`,
      section: 'Design 4: Messages',
      async run(harness) {
        const sizes = [1, 0, 2_000, 70 * KIB, 10, 15_000, 20_000, 300 * KIB, 3, 30_000, 100]
        const expected: string[] = []
        const messages = sizes.flatMap((size, i) => {
          const texts = [`own ${i} ${'o'.repeat(size)}`, `prepared ${i} ${'p'.repeat(size)}`]
          expected.push(...texts)
          return [texts[0] ?? '', prepare(texts[1] ?? '')]
        })
        const session =
          style === 'loop'
            ? loop(async (connection) => {
                for await (const _ of connection) {
                  for (const message of messages) await connection.sendAndWait(message)
                }
              })
            : {
                message(connection: Connection) {
                  for (const message of messages) connection.send(message)
                },
              }
        const server = await harness.start({ session, maxBufferedAmount: 2 ** 24 })
        const client = await server.open()
        client.text('go')
        client.text('again')
        for (const text of [...expected, ...expected]) {
          const got = await client.message()
          assert.ok(isSame(got, text), `expected ${text.slice(0, 20)}, got ${got.slice(0, 20)}`)
        }
      },
    }),
  ),
  {
    name: 'what is sent to many in one turn, connection by connection or message by message, stays in order',
    section: 'Design 4: Messages',
    async run(harness) {
      const { server, clients } = await room(harness, 20)
      const connections = [...server.endpoint.connections]
      const messages = Array.from({ length: 16 }, (_, i) => prepare(`${i}`))
      for (const [i, message] of messages.entries()) {
        for (const connection of connections) {
          connection.send(message)
          if (i % 3 === 0) connection.send(`own ${i}`)
        }
      }
      for (const connection of connections) {
        for (const message of messages) connection.send(message)
      }
      const numbers = messages.map((_, i) => `${i}`)
      const first = numbers.flatMap((text, i) => (i % 3 === 0 ? [text, `own ${i}`] : [text]))
      for (const client of clients) {
        for (const text of [...first, ...numbers]) assert.equal(await client.message(), text)
      }
    },
  },
]

const compressed: readonly UngroupedCase[] = [
  {
    name: 'a prepared message is compressed for the clients that have agreed to it, and for no others',
    section: 'RFC 7692, section 7.2',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start({ compression: true, handlers: { message() {} } })
      const limited = 'permessage-deflate; server_max_window_bits=9; client_max_window_bits'
      const deflating = await Promise.all(
        [OFFER, OFFER, limited].map(async (offer) => openDeflating(await server.connect(), offer)),
      )
      const plain = await server.open()
      const long = 'worth while to compress; '.repeat(400)
      const sent = ['small', long, `${long}!`, 'small again']
      for (const text of sent) sendToAll(server, prepare(text))
      for (const [i, client] of deflating.entries()) {
        // The engine may have declined the limit.
        const isCompressed = client.extensions !== ''
        assert.ok(isCompressed || i === 2)
        const windowBits = client.extensions.includes('server_max_window_bits=9') ? 9 : 15
        for (const text of sent) {
          const { payload, wasCompressed } = await client.inflated({ windowBits })
          assert.equal(payload.toString(), text)
          assert.equal(wasCompressed, isCompressed && text.length > KIB)
        }
      }
      for (const text of sent) assert.equal(await plain.message(), text)
    },
  },
  {
    name: 'with compression, messages that were prepared keep their place among others',
    section: 'RFC 7692, section 7.2',
    needs: ['wire'],
    async run(harness) {
      const sizes = [10, 2_000, 0, 100 * KIB, 1_000, 1_100, 30 * KIB, 5]
      const texts = sizes.map((size, i) => `${i} ${'x'.repeat(size)}`)
      const messages = texts.map((text) => prepare(text))
      const server = await harness.start({
        compression: true,
        maxBufferedAmount: 2 ** 24,
        handlers: {
          message(connection) {
            for (const [i, message] of messages.entries()) {
              connection.send(texts[i] ?? '')
              connection.send(message)
            }
          },
        },
      })
      const client = await openDeflating(await server.connect(), OFFER)
      for (let round = 0; round < 3; round++) client.text('go')
      for (let round = 0; round < 3; round++) {
        for (const text of texts.flatMap((each) => [each, each])) {
          const { payload } = await client.inflated()
          assert.ok(payload.equals(Buffer.from(text)), `expected ${text.slice(0, 10)}`)
        }
      }
    },
  },
]

/** Messages that are prepared once for many connections. */
export const preparedCases: readonly Case[] = inGroup('messages', [
  ...one,
  ...delivery,
  ...needing('compression', compressed),
])
