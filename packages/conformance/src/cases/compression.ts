import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { echo, echoLoop } from '@wirebeat/core'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import { type DeflateClient, deflatePayload, openDeflating } from '../deflate-client.ts'
import { encodeFrame, Opcode } from '../frame.ts'
import type { Harness, Server, ServerOptions } from '../harness.ts'
import { cutAt, writeEach } from '../pieces.ts'
import { inFragments } from './fragments.ts'

/** What browsers offer. */
export const OFFER: string = 'permessage-deflate; client_max_window_bits'
/** A text that is compressed. */
export const LONG: string = 'a text that is worth while to compress; '.repeat(200)

/** A server, and a client of it. */
export interface Setting {
  readonly server: Server
  readonly client: DeflateClient
}

/** A server that compresses, and a client that has offered to. */
export async function compressing(harness: Harness, options: ServerOptions = {}): Promise<Setting> {
  const server = await harness.start({ compression: true, ...options })
  const client = await openDeflating(await server.connect(), OFFER)
  assert.match(client.extensions, /^permessage-deflate\b/)
  return { server, client }
}

/** Expects what was sent, in fewer bytes. */
export async function expectCompressedEcho(
  client: DeflateClient,
  sent: string | Buffer,
): Promise<void> {
  const { payload, wasCompressed, wireLength } = await client.inflated()
  assert.ok(payload.equals(Buffer.from(sent)), `sent ${sent.length}, got ${payload.length}`)
  assert.ok(wasCompressed)
  assert.ok(wireLength < payload.length / 2, `${payload.length} bytes took ${wireLength}`)
}

const ways: readonly (readonly [what: string, send: (client: DeflateClient) => void])[] = [
  ['sent as it is', (client) => client.text(LONG)],
  ['sent compressed', (client) => client.sendCompressed(Opcode.Text, LONG)],
  ['sent compressed, in fragments with pongs between', sendInFragments],
]

function sendInFragments(client: DeflateClient): void {
  const data = deflatePayload(LONG)
  const parts = [data.subarray(0, 1), '', data.subarray(1, 20), data.subarray(20)]
  const [first, ...rest] = inFragments(Opcode.Text, parts)
  assert.ok(first !== undefined)
  const pong = { opcode: Opcode.Pong, payload: 'between' }
  client.send({ ...first, rsv: 4 }, ...rest.flatMap((frame) => [pong, frame]))
}

const decided: readonly UngroupedCase[] = [
  {
    name: 'compression is agreed on with the clients that a function chooses, and with no others',
    section: 'RFC 7692, section 5',
    async run(harness) {
      const server = await harness.start({
        compression: ({ headers }) => headers.get('user-agent') !== 'old',
      })
      const chosen = await openDeflating(await server.connect(), OFFER)
      assert.match(chosen.extensions, /^permessage-deflate\b/)
      chosen.text(LONG)
      await expectCompressedEcho(chosen, LONG)
      const headers = { 'Sec-WebSocket-Extensions': OFFER, 'User-Agent': 'old' }
      const old = await server.open({ headers })
      assert.equal(old.response.headers.get('sec-websocket-extensions'), undefined)
      await server.expectEcho(old, LONG)
    },
  },
  {
    name: 'a function for compression is not asked about a client that does not offer it',
    section: 'RFC 7692, section 5',
    async run(harness) {
      let asked = 0
      const server = await harness.start({ compression: () => asked++ >= 0 })
      await server.expectEcho(await server.open(), 'hello')
      assert.equal(asked, 0)
    },
  },
  {
    name: 'a function for compression that answers later lets nobody in',
    section: 'Design 2: Fail closed',
    async run(harness) {
      // The types forbid such an answer.
      const server = await harness.start({ compression: (async () => true) as never })
      const headers = { 'Sec-WebSocket-Extensions': OFFER }
      assert.equal((await server.request({ headers })).status, 500)
      assert.match(String(await server.told.errors.next()), /compression must return true or false/)
      assert.equal((await server.told.refused.next()).reason, 'error')
      assert.equal(server.told.opened.all.length, 0)
    },
  },
]

const echoed: readonly UngroupedCase[] = [
  ...ways.map(
    ([what, send]): UngroupedCase => ({
      name: `with compression, a text over 1 KiB that is ${what} comes back compressed`,
      section: 'RFC 7692, section 7.2',
      async run(harness) {
        const { server, client } = await compressing(harness)
        send(client)
        await expectCompressedEcho(client, LONG)
        // Again, with all that either side may have kept from the first time.
        send(client)
        await expectCompressedEcho(client, LONG)
        assert.deepEqual(server.told.messages.all, [LONG, LONG])
        client.close(1000)
        await server.expectClose({ code: 1000, wasClean: true, cause: 'client' })
      },
    }),
  ),
  ...[['echo', echo] as const, ['echoLoop', echoLoop] as const].map(
    ([name, make]): UngroupedCase => ({
      name: `with compression, ${name}() sends back binary and text of any size, in order`,
      section: 'RFC 7692, section 7.2',
      async run(harness) {
        const { client } = await compressing(harness, { session: make() })
        const sizes = [0, 1, 100, 2_000, 10, 100_000, 3, 500_000, 0, 5_000]
        for (const size of sizes) {
          client.sendCompressed(Opcode.Binary, Buffer.alloc(size, 'binary '))
          client.text('t'.repeat(size))
        }
        for (const size of sizes) {
          const binary = await client.inflated()
          assert.ok(binary.payload.equals(Buffer.alloc(size, 'binary ')), `binary of ${size} bytes`)
          const text = await client.inflated()
          assert.ok(text.payload.equals(Buffer.alloc(size, 't')), `text of ${size} bytes`)
        }
      },
    }),
  ),
  {
    name: 'with compression, what came before a FIN is inflated and told, the close frame too',
    section: 'RFC 6455, section 7.1.5',
    async run(harness) {
      const { server, client } = await compressing(harness)
      for (let i = 0; i < 10; i++) client.sendCompressed(Opcode.Binary, Buffer.alloc(1_000_000, i))
      client.close(4000)
      client.raw.finish()
      await server.expectClose({ code: 4000, wasClean: true, cause: 'client' })
      const sizes = server.told.messages.all.map(({ length }) => length)
      assert.deepEqual(sizes, new Array(10).fill(1_000_000))
    },
  },
  {
    name: 'with compression, a compressed frame that is cut anywhere in its header is read whole',
    section: 'RFC 7692, section 6',
    needs: ['split-compressed-header'],
    async run(harness) {
      const { client } = await compressing(harness)
      const payload = randomBytes(200)
      const frame = { opcode: Opcode.Binary, rsv: 4, payload: deflatePayload(payload) }
      // The second byte, two of the length and four of the mask.
      for (let place = 1; place <= 8; place++) {
        const bytes = encodeFrame(frame)
        await writeEach(client, cutAt(bytes, place))
        assert.deepEqual((await client.inflated()).payload, payload, `cut behind ${place} bytes`)
      }
    },
  },
  {
    name: 'with compression, bytes may be changed once send has said sent',
    section: 'Design 8: Backpressure',
    async run(harness) {
      const sizes = [1_024, 10, 20_000, 5, 60_000, 3_000, 1]
      const { client } = await compressing(harness, {
        handlers: {
          message(connection) {
            let bytes = new Uint8Array(60_000)
            for (const [i, size] of sizes.entries()) {
              const result = connection.send(bytes.subarray(0, size).fill(i + 1))
              if (result === 'sent') bytes.fill(0)
              else bytes = new Uint8Array(60_000)
            }
          },
        },
      })
      client.text('go')
      for (const [i, size] of sizes.entries()) {
        const { payload } = await client.inflated()
        assert.ok(payload.equals(Buffer.alloc(size, i + 1)), `message ${i}`)
      }
    },
  },
  {
    name: 'with compression, a small message is not worth while and comes back as it is',
    section: 'Design 4: Messages',
    async run(harness) {
      const { server, client } = await compressing(harness)
      client.text('small')
      client.sendCompressed(Opcode.Text, 'smaller')
      for (const text of ['small', 'smaller']) {
        const { payload, wasCompressed } = await client.inflated()
        assert.deepEqual([payload.toString(), wasCompressed], [text, false])
      }
      assert.deepEqual(server.told.messages.all, ['small', 'smaller'])
    },
  },
  {
    name: 'with compression, what counts for 1 KiB are bytes',
    section: 'Design 4: Messages',
    async run(harness) {
      const { client } = await compressing(harness)
      for (const [text, expected] of [
        ['a'.repeat(1_023), false],
        ['a'.repeat(1_024), true],
        ['é'.repeat(512), true],
        ['é'.repeat(511), false],
      ] as const) {
        client.text(text)
        const { payload, wasCompressed } = await client.inflated()
        assert.deepEqual([payload.toString(), wasCompressed], [text, expected])
      }
    },
  },
  {
    name: 'with compression, a client that does not offer it is not affected',
    section: 'RFC 6455, section 9.1',
    async run(harness) {
      const server = await harness.start({ compression: true })
      // This client takes a reserved bit for an error.
      const client = await server.open()
      assert.equal(client.response.headers.get('sec-websocket-extensions'), undefined)
      await server.expectEcho(client, LONG)
    },
  },
  {
    name: 'without compression, a client that offers it is not answered with it',
    section: 'RFC 6455, section 9.1',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open({ headers: { 'Sec-WebSocket-Extensions': OFFER } })
      assert.equal(client.response.headers.get('sec-websocket-extensions'), undefined)
      await server.expectEcho(client, LONG)
    },
  },
  {
    name: 'with compression, data that ends in a final block is read as well',
    section: 'RFC 7692, section 7.2.3.4',
    needs: ['deflate-final-block'],
    async run(harness) {
      const { client } = await compressing(harness)
      const payload = Buffer.concat([deflateRawSync('final'), Buffer.of(0)])
      client.send({ opcode: Opcode.Text, rsv: 4, payload })
      assert.equal((await client.inflated()).payload.toString(), 'final')
    },
  },
]

const accepted = [
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  'permessage-deflate; client_max_window_bits=15',
  'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
  'x-unknown; a=b, permessage-deflate',
]

/** A limit that an engine may be unable to honour, and an offer without one behind it. */
const LIMITED = 'permessage-deflate; server_max_window_bits=9, permessage-deflate'

const declined = [
  'permessage-deflate; server_max_window_bits',
  'permessage-deflate; server_max_window_bits=7',
  'permessage-deflate; server_max_window_bits=99',
  'permessage-deflate; unknown',
  'permessage-deflate; server_no_context_takeover=1',
  'permessage-deflate; client_max_window_bits=7',
  'permessage-deflatex',
  'x-unknown',
]

const offers: readonly UngroupedCase[] = [
  ...accepted.map(
    (offer): UngroupedCase => ({
      name: `with compression, the offer “${offer}” is taken`,
      section: 'RFC 7692, section 7.1',
      async run(harness) {
        const server = await harness.start({ compression: true })
        const client = await openDeflating(await server.connect(), offer)
        assert.match(client.extensions, /^permessage-deflate(;|$)/)
        // Without context takeover, whatever the offer says of it.
        assert.match(client.extensions, /server_no_context_takeover/)
        assert.doesNotMatch(client.extensions, /server_max_window_bits/)
        client.sendCompressed(Opcode.Text, LONG)
        await expectCompressedEcho(client, LONG)
      },
    }),
  ),
  ...[8, 9, 12, 15].map(
    (bits): UngroupedCase => ({
      name: `with compression, what is sent keeps to a window of ${bits} bits where a client asks for it`,
      section: 'RFC 7692, section 7.1.2.1',
      needs: ['limited-window'],
      async run(harness) {
        const server = await harness.start({ compression: true })
        const offer = `permessage-deflate; server_max_window_bits=${bits}; client_max_window_bits`
        const client = await openDeflating(await server.connect(), offer)
        assert.deepEqual(parametersOf(client).filter(isWindow), [`server_max_window_bits=${bits}`])
        const sent = repeatedAfter(2 ** bits)
        client.binary(sent)
        const { payload, wasCompressed } = await client.inflated({ windowBits: bits })
        assert.ok(wasCompressed)
        assert.ok(payload.equals(sent))
      },
    }),
  ),
  {
    name: `with compression, the offer “${LIMITED}” is taken with the limit, or without where the engine cannot keep to it`,
    section: 'RFC 7692, section 5.1',
    async run(harness) {
      const server = await harness.start({ compression: true })
      const client = await openDeflating(await server.connect(), LIMITED)
      const isLimited = harness.can('limited-window')
      assert.match(client.extensions, /^permessage-deflate(;|$)/)
      assert.deepEqual(
        parametersOf(client).filter(isWindow),
        isLimited ? ['server_max_window_bits=9'] : [],
      )
      client.sendCompressed(Opcode.Text, LONG)
      await expectCompressedEcho(client, LONG)
    },
  },
  {
    name: 'with compression, an offer with a limit alone is declined where the engine cannot keep to it',
    section: 'RFC 7692, section 5.1',
    async run(harness) {
      const server = await harness.start({ compression: true })
      const offer = 'permessage-deflate; server_max_window_bits=9'
      const client = await openDeflating(await server.connect(), offer)
      assert.equal(client.extensions !== '', harness.can('limited-window'))
      client.text(LONG)
      assert.deepEqual((await client.inflated()).payload, Buffer.from(LONG))
    },
  },
  ...declined.map(
    (offer): UngroupedCase => ({
      name: `with compression, the offer “${offer}” is declined, and the connection opens without`,
      section: 'RFC 7692, section 5.1',
      async run(harness) {
        const server = await harness.start({ compression: true })
        const client = await openDeflating(await server.connect(), offer)
        assert.equal(client.extensions, '')
        client.text(LONG)
        assert.equal(await client.message(), LONG)
      },
    }),
  ),
]

function parametersOf({ extensions }: DeflateClient): readonly string[] {
  return extensions.split(';').map((parameter) => parameter.trim())
}

function isWindow(parameter: string): boolean {
  return parameter.includes('max_window_bits')
}

/** Bytes that compress well only for those who may look back this far. Each comes once before it. */
function repeatedAfter(distance: number): Buffer {
  const once = randomBytes(distance + 1)
  return Buffer.concat([once, once, Buffer.alloc(2_000)])
}

/** permessage-deflate: which offers are taken, and what is compressed. */
export const compressionCases: readonly Case[] = [
  ...inGroup('handshake', needing('wire', needing('compression', [...offers, ...decided]))),
  ...inGroup('messages', needing('wire', needing('compression', echoed))),
]
