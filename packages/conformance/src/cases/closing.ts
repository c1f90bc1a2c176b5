import assert from 'node:assert/strict'
import type { CloseEvent } from '@wirebeat/core'
import { CASE_TIME_LIMIT, type Case, inGroup, type UngroupedCase } from '../case.ts'
import { Opcode } from '../frame.ts'
import { handshakeRequest } from '../http.ts'
import { pause } from './silence.ts'

const LOST: CloseEvent = { code: 1006, reason: '', wasClean: false, cause: 'lost' }

/** More than the buffers of the system take for two sockets. */
const MUCH = 32 * 2 ** 20

const halfEnds = [false, true].map(
  (tls): UngroupedCase => ({
    name: `a FIN without a close frame is told as lost${tls ? ' over TLS' : ''}, while much waits and nobody reads it`,
    section: 'RFC 6455, section 7.1.5',
    needs: tls ? ['wire', 'tls'] : ['wire'],
    async run(harness) {
      const server = await harness.start({
        tls,
        closeTimeout: 200,
        handlers: { message: (connection) => connection.send(new Uint8Array(MUCH)) },
      })
      const client = await server.open()
      client.raw.pause()
      client.text('go')
      await server.told.messages.next()
      client.raw.finish()
      await server.expectClose(LOST)
    },
  }),
)

/** Clients that leave, each a little later after its request than the one before it. */
const LEAVERS = 100

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
  ...halfEnds,
  {
    name: 'clients over TLS that reset while authorize waits, or soon after, leave no connection open',
    section: 'Design 6: Closing and causes',
    needs: ['wire', 'tls'],
    async run(harness) {
      const server = await harness.start({
        tls: true,
        closeTimeout: 200,
        authorize: () => pause(4).then(() => 'anybody'),
      })
      for (let i = 0; i < LEAVERS; i++) {
        const client = await server.connect()
        client.write(handshakeRequest().text)
        await pause((8 * i) / LEAVERS)
        client.reset()
      }
      await server.told.settled()
      // One that is told of late is told of by now.
      await server.expectEcho(await server.open(), 'unharmed')
    },
  },
  {
    name: 'a peer that goes on sending after its own close frame is let go long before closeTimeout',
    section: 'Design 7: Fairness and bounds',
    needs: ['wire', 'close-answer'],
    async run(harness) {
      const receiveBufferSize = 2 ** 16
      const server = await harness.start({ closeTimeout: CASE_TIME_LIMIT, receiveBufferSize })
      const client = await server.open({ staysOpen: true })
      client.close(4000)
      await client.closeFrame()
      client.raw.writeAll(endless(new Uint8Array(receiveBufferSize / 4)))
      await server.expectClose({ code: 4000, wasClean: true, cause: 'client' })
      await client.raw.gone()
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

function* endless(piece: Uint8Array): Iterable<Uint8Array> {
  for (;;) yield piece
}
