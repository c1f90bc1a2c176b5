import assert from 'node:assert/strict'
import type { CloseEvent } from '@wirebeat/core'
import type { Capability } from '@wirebeat/core/adapter'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { Opcode } from '../frame.ts'

const clientCodes: readonly (readonly [code: number, reason: string, needs?: Capability])[] = [
  [1000, ''],
  [1000, 'done'],
  [1001, 'leaving'],
  [1003, ''],
  [1011, 'trouble'],
  [1012, 'restart', 'close-code-range'],
  [3000, 'library', 'close-code-range'],
  [3999, '', 'close-code-range'],
  [4000, 'application'],
  [4999, 'tschüß 🌊'],
  [4000, 'é'.repeat(61)],
]

const byClient: readonly UngroupedCase[] = [
  ...clientCodes.map(
    ([code, reason, needs]): UngroupedCase => ({
      name: `a client's close ${code} '${reason.slice(0, 20)}' is answered with its code, and told`,
      section: 'RFC 6455, section 5.5.1',
      ...(needs && { needs: [needs] }),
      async run(harness) {
        const server = await harness.start()
        const client = await server.open()
        client.close(code, reason)
        assert.equal((await client.closeFrame()).code, code)
        await server.expectClose({ code, reason, wasClean: true, cause: 'client' })
        await client.ended()
      },
    }),
  ),
  {
    name: 'an empty close frame is answered, and told as 1005',
    section: 'RFC 6455, section 7.1.5',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      client.close()
      const { code } = await client.closeFrame()
      assert.ok(code === undefined || code === 1000, `answered with ${code}`)
      await server.expectClose({ code: 1005, reason: '', wasClean: true, cause: 'client' })
    },
  },
  {
    name: 'what comes before a close frame is answered, and what comes behind it is not read',
    section: 'RFC 6455, section 5.5.1',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      client.send(
        { opcode: Opcode.Text, payload: 'before' },
        { opcode: Opcode.Close, payload: Uint8Array.of(0x03, 0xe8) },
        { opcode: Opcode.Text, payload: 'behind' },
      )
      assert.equal(await client.message(), 'before')
      assert.equal((await client.closeFrame()).code, 1000)
      await server.expectClose({ code: 1000, cause: 'client' })
      assert.deepEqual(await client.remaining(), [])
      assert.deepEqual(server.told.messages.all, ['before'])
    },
  },
]

const abrupt: readonly UngroupedCase[] = [
  {
    name: 'a FIN without a close frame is told as lost',
    section: 'RFC 6455, section 7.1.5',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      client.raw.finish()
      await server.expectClose(LOST)
      await client.ended()
    },
  },
  {
    name: 'a RST is told as lost',
    section: 'RFC 6455, section 7.1.5',
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      client.raw.reset()
      await server.expectClose(LOST)
    },
  },
  {
    name: 'a FIN in the middle of a message is told as lost, and the message is not handed over',
    section: 'RFC 6455, section 7.1.5',
    needs: ['wire'],
    async run(harness) {
      const server = await harness.start()
      const client = await server.open()
      client.send({ opcode: Opcode.Text, fin: false, payload: 'never' })
      client.raw.finish()
      await server.expectClose(LOST)
      assert.deepEqual(server.told.messages.all, [])
    },
  },
  {
    name: 'a session that terminates a connection sends no close frame',
    section: 'Design: Closing',
    async run(harness) {
      const server = await harness.start({
        handlers: { message: (connection) => connection.terminate() },
      })
      const client = await server.open()
      client.text('go')
      assert.deepEqual(await client.remaining(), [])
      await server.expectClose({ code: 1006, wasClean: false, cause: 'server' })
    },
  },
]

const LOST: CloseEvent = { code: 1006, reason: '', wasClean: false, cause: 'lost' }

/** Closing: the peer's own close, and connections that end without one. */
export const closingCases: readonly Case[] = inGroup('closing', [...byClient, ...abrupt])
