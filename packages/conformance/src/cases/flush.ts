import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { prepare } from '@wirebeat/core'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { encodeFrame, Opcode } from '../frame.ts'
import { handshakeRequest } from '../http.ts'

/** Milliseconds in which the network of this machine carries a message, however busy it is. */
const PATIENCE = 10_000

/**
 * A client in a thread of its own, which reads while the server's thread stands still. It counts the bytes that
 * have come behind the response, and wakes who waits for them.
 */
const CLIENT = `
  const { connect } = require('node:net')
  const { workerData: { port, request, message, received } } = require('node:worker_threads')
  const socket = connect(port, '127.0.0.1')
  let head = ''
  socket.write(request)
  socket.on('data', (chunk) => {
    let count = chunk.length
    if (!head.includes('\\r\\n\\r\\n')) {
      head += chunk.toString('latin1')
      const end = head.indexOf('\\r\\n\\r\\n')
      if (end < 0) return
      count = head.length - end - 4
      socket.write(message)
    }
    Atomics.add(received, 0, count)
    Atomics.notify(received, 0)
  })
  socket.on('error', () => {})
`

const flushed: readonly UngroupedCase[] = [
  {
    name: 'flush gives the network what was sent, while the process goes on working',
    section: 'Design 8: Backpressure',
    needs: ['wire', 'flush'],
    async run(harness) {
      const received = new Int32Array(new SharedArrayBuffer(4))
      const had: number[] = []
      const server = await harness.start({
        handlers: {
          message(connection) {
            connection.send('own')
            connection.send(prepare('prepared'))
            connection.flush()
            const expected = 2 + 'own'.length + 2 + 'prepared'.length
            const end = performance.now() + PATIENCE
            for (let count = 0; count < expected && performance.now() < end; ) {
              count = Atomics.load(received, 0)
              if (count < expected) Atomics.wait(received, 0, count, PATIENCE)
            }
            had.push(Atomics.load(received, 0))
            connection.flush()
          },
        },
      })
      const { remotePort: port } = await server.connect()
      const { text: request } = handshakeRequest({})
      const message = encodeFrame({ opcode: Opcode.Text, payload: 'go' })
      const client = new Worker(CLIENT, {
        eval: true,
        workerData: { port, request, message, received },
      })
      try {
        await Promise.race([server.told.messages.next(), once(client, 'error')])
      } finally {
        await client.terminate()
      }
      assert.deepEqual(had, [2 + 'own'.length + 2 + 'prepared'.length])
    },
  },
  {
    name: 'flush changes nothing about what arrives, nor about a connection that closes',
    section: 'Design 8: Backpressure',
    async run(harness) {
      const server = await harness.start({
        handlers: {
          message(connection) {
            connection.flush()
            for (const text of ['a', 'b', 'c']) {
              connection.send(text)
              connection.flush()
            }
            connection.close(4000)
            connection.flush()
          },
        },
      })
      const client = await server.open()
      client.text('go')
      for (const text of ['a', 'b', 'c']) assert.equal(await client.message(), text)
      assert.deepEqual(await client.closeFrame(), { code: 4000, reason: '' })
    },
  },
]

/** flush: what was sent leaves before the turn ends. */
export const flushCases: readonly Case[] = inGroup('backpressure', flushed)
