import assert from 'node:assert/strict'
import type { Capability } from '@wirebeat/core/adapter'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { type ClientFrame, closePayload, encodeFrame, Opcode } from '../frame.ts'
import type { Server } from '../harness.ts'
import type { WebSocketClient } from '../web-socket-client.ts'

/** Something that a client must not send. */
interface Sin {
  readonly what: string
  readonly section: string
  readonly frames: readonly ClientFrame[]
  readonly cause: 'protocol-error' | 'invalid-data'
  readonly code: 1002 | 1007
  /** What an engine must be able to do to notice it at all. */
  readonly needs?: Capability
}

function broken(what: string, section: string, ...frames: readonly ClientFrame[]): Sin {
  return {
    what,
    section: `RFC 6455, section ${section}`,
    frames,
    cause: 'protocol-error',
    code: 1002,
  }
}

function notUtf8(what: string, ...frames: readonly ClientFrame[]): Sin {
  return { what, section: 'RFC 6455, section 8.1', frames, cause: 'invalid-data', code: 1007 }
}

const text: ClientFrame = { opcode: Opcode.Text, payload: 'innocent' }
const firstFragment: ClientFrame = { ...text, fin: false }

const sins: readonly Sin[] = [
  broken('the first reserved bit set', '5.2', { ...text, rsv: 4 }),
  broken('the second reserved bit set', '5.2', { ...text, rsv: 2 }),
  broken('the third reserved bit set', '5.2', { ...text, rsv: 1 }),
  broken('a reserved data opcode', '5.2', { ...text, opcode: 0x3 }),
  broken('a reserved control opcode', '5.2', { ...text, opcode: 0xb }),
  broken('a ping in fragments', '5.4', { opcode: Opcode.Ping, fin: false }),
  broken('a close frame in fragments', '5.4', { opcode: Opcode.Close, fin: false }),
  broken('a ping of 126 bytes', '5.5', { opcode: Opcode.Ping, payload: 'p'.repeat(126) }),
  broken('a close frame of 126 bytes', '5.5', {
    opcode: Opcode.Close,
    payload: closePayload(1000, 'r'.repeat(124)),
  }),
  broken('a continuation of nothing', '5.4', { ...text, opcode: Opcode.Continuation }),
  broken('a continuation of a message that has ended', '5.4', text, {
    ...text,
    opcode: Opcode.Continuation,
  }),
  broken('a new message inside a fragmented one', '5.4', firstFragment, text),
  {
    ...broken('new binary inside a fragmented text', '5.4', firstFragment, {
      ...text,
      opcode: Opcode.Binary,
    }),
    needs: 'interleaved-message',
  },
  {
    ...broken(
      'a new message inside a fragmented one, behind a pong',
      '5.4',
      firstFragment,
      { opcode: Opcode.Pong },
      text,
    ),
    needs: 'interleaved-message',
  },
  notUtf8('text that is not UTF-8', { ...text, payload: Uint8Array.of(0x61, 0xff, 0x62) }),
  notUtf8('text with a surrogate', { ...text, payload: Uint8Array.of(0xed, 0xa0, 0x80) }),
  notUtf8('text with an overlong form', { ...text, payload: Uint8Array.of(0xc0, 0xaf) }),
  notUtf8('text that ends inside a character', { ...text, payload: Uint8Array.of(0xe2, 0x82) }),
  notUtf8('text in fragments that is not UTF-8', firstFragment, {
    opcode: Opcode.Continuation,
    payload: Uint8Array.of(0xff),
  }),
  { ...broken('a frame without a mask', '5.1', { ...text, masked: false }), needs: 'unmasked' },
  ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535].map(
    (code): Sin => ({
      ...broken(`a close frame with code ${code}`, '7.4', {
        opcode: Opcode.Close,
        payload: closePayload(code),
      }),
      needs: 'close-payload',
    }),
  ),
  {
    ...broken('a close frame with one byte', '5.5.1', { opcode: Opcode.Close, payload: 'x' }),
    needs: 'close-payload',
  },
  {
    ...notUtf8('a close reason that is not UTF-8', {
      opcode: Opcode.Close,
      payload: Uint8Array.of(0x03, 0xe8, 0xff),
    }),
    needs: 'close-payload',
  },
]

/** Sends the frames of a sin, and expects the end of the connection and its cause. */
async function commit(server: Server, client: WebSocketClient, sin: Sin): Promise<void> {
  client.send(...sin.frames)
  await server.expectClose({ code: sin.code, wasClean: false, cause: sin.cause })
  await client.ended()
}

const told = sins.map(
  (sin): UngroupedCase => ({
    name: `${sin.what} ends the connection, with the cause ${sin.cause}`,
    section: sin.section,
    ...(sin.needs && { needs: [sin.needs] }),
    async run(harness) {
      const server = await harness.start()
      await commit(server, await server.open(), sin)
    },
  }),
)

const onTheWire = sins.map(
  (sin): UngroupedCase => ({
    name: `${sin.what} is answered with ${sin.code}`,
    section: 'RFC 6455, section 7.1.7',
    needs: ['framing-close', ...(sin.needs ? [sin.needs] : [])],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      client.send(...sin.frames)
      assert.equal((await client.closeFrame()).code, sin.code)
      await client.ended()
    },
  }),
)

const around: readonly UngroupedCase[] = [
  {
    name: 'a connection beside broken ones goes on',
    section: 'Design: Errors',
    async run(harness) {
      const server = await harness.start()
      const bystander = await server.open()
      for (const sin of sins.filter(({ needs }) => needs === undefined)) {
        await commit(server, await server.open(), sin)
        await server.expectEcho(bystander, `unharmed by ${sin.what}`)
      }
    },
  },
  {
    name: 'what came before broken framing is handed over, and nothing that comes behind it',
    section: 'RFC 6455, section 7.1.7',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      client.send(text, { ...text, rsv: 4 }, text)
      await server.expectClose({ cause: 'protocol-error' })
      assert.deepEqual(server.told.messages.all, ['innocent'])
    },
  },
  {
    name: 'bytes that come in one packet with the handshake are the first message',
    section: 'RFC 6455, section 4.2.2',
    needs: ['early-data'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open({ early: encodeFrame({ ...text, payload: 'early' }) })
      assert.equal(await client.message(), 'early')
      await server.expectEcho(client, 'later')
    },
  },
]

/** Frames that must not be: what the session is told, and what the peer is. */
export const framingCases: readonly Case[] = inGroup('framing', [...told, ...onTheWire, ...around])
