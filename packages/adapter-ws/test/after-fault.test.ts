import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { constants, deflateRawSync } from 'node:zlib'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { type CloseEvent, createEndpoint, echo } from '@wirebeat/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { listen } from '../src/listen.ts'
import { HANDSHAKE } from './http-client.ts'
import { maskedFrame } from './raw-socket.ts'

/** A whole masked frame, its length in two bytes. */
function frame(first: number, payload: Uint8Array): Buffer {
  const header = Buffer.of(first, 0xfe, payload.length >> 8, payload.length & 255, 0, 0, 0, 0)
  return Buffer.concat([header, payload])
}

async function openCompressing(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  onTestFinished(() => void socket.destroy())
  const fields = {
    Host: 'localhost',
    ...HANDSHAKE,
    'Sec-WebSocket-Extensions': 'permessage-deflate',
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`)
  await once(socket, 'data')
  return socket
}

test('a fault behind a message that is being inflated ends its own connection only', async () => {
  const closed: CloseEvent[] = []
  const endpoint = createEndpoint({ compression: true, session: echo() })
  endpoint.on('close', (_connection, event) => closed.push(event))
  const { port, close } = await listen(endpoint, { host: '127.0.0.1' })
  onTestFinished(close)
  const flush = { finishFlush: constants.Z_SYNC_FLUSH }
  // Behind it what comes is queued. What ends it is left out on the wire (RFC 7692, section 7.2.1).
  const slow = deflateRawSync(Buffer.alloc(60_000), flush).subarray(0, -4)
  for (let round = 1; round <= 20; round++) {
    const socket = await openCompressing(port)
    const ended = once(socket, 'close')
    for (const piece of [frame(0xc2, slow), frame(0x81, Buffer.of(0xff)), frame(0x81, slow)]) {
      socket.write(piece)
      // So that the server reads it by itself.
      for (let turn = 0; turn < 3; turn++) await setImmediate()
    }
    socket.resume()
    await ended
  }
  expect(new Set(closed.map(({ cause }) => cause))).toEqual(new Set(['invalid-data']))
})

test('a fault in a record of TLS behind a client that is held ends its own connection only', async () => {
  const closed: CloseEvent[] = []
  const { cert, key } = await makeCertificate()
  const endpoint = createEndpoint({
    session: {
      // Several of these take a client's share of a turn, so that it is held.
      message() {
        const end = performance.now() + 1
        while (performance.now() < end);
      },
    },
  })
  endpoint.on('close', (_connection, event) => closed.push(event))
  const { port, close } = await listen(endpoint, { host: '127.0.0.1', tls: { cert, key } })
  onTestFinished(close)
  const socket = connectTls({
    host: '127.0.0.1',
    port,
    ca: await readFile(cert),
    servername: 'localhost',
  })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'secureConnect')
  const lines = Object.entries({ Host: 'localhost', ...HANDSHAKE }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  socket.write(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`)
  await once(socket, 'data')
  // Node tells of each record by itself.
  socket.setMaxSendFragment(512)
  const messages = Buffer.concat(
    Array.from({ length: 70 }, () => maskedFrame(0x82, new Uint8Array(1))),
  )
  const fault = maskedFrame(0x81, Uint8Array.of(0xff))
  socket.write(Buffer.concat([messages, fault, messages, messages]))
  await vi.waitFor(() => expect(closed).toHaveLength(1))
  expect(closed[0]).toMatchObject({ cause: 'invalid-data', code: 1007 })
})
