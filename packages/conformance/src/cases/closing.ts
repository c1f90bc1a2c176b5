import assert from 'node:assert/strict'
import type { CloseEvent } from '@wirebeat/core'
import { type Case, inGroup } from '../case.ts'
import { Opcode } from '../frame.ts'

const LOST: CloseEvent = { code: 1006, reason: '', wasClean: false, cause: 'lost' }

/** Closing: connections that end without a close code, or without a close frame. */
export const closingCases: readonly Case[] = inGroup('closing', [
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
])
