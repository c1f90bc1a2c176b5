import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { ReconnectingWebSocket } from '../src/reconnecting-web-socket.ts'

/** A close frame with the code 1001 (RFC 6455, section 5.5.1). */
const CLOSE_FRAME = Uint8Array.of(0x88, 2, 0x03, 0xe9)

test('a socket that was closed leaves a server that does not answer, after closeTimeout', async () => {
  const { url, next } = await listen()
  const socket = new ReconnectingWebSocket(url, [], { WebSocket, closeTimeout: 100 })
  const server = await next()
  await opened(socket)
  socket.close()
  // Without terminate() ws would wait for 30 seconds.
  await Promise.all([once(socket, 'close'), once(server, 'end')])
  expect(socket.status).toMatchObject({ cause: 'client', code: 1006 })
})

test('a server that closes and leaves its connection open is left', async () => {
  const { url, next } = await listen()
  let left: Promise<unknown> | undefined
  class Watched extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args)
      left = once(this, 'close')
    }
  }
  const options = { WebSocket: Watched, closeTimeout: 100, shouldReconnect: () => false }
  const socket = new ReconnectingWebSocket(url, [], options)
  const server = await next()
  await opened(socket)
  server.write(CLOSE_FRAME)
  await once(socket, 'close')
  await left
  expect(socket.status).toMatchObject({ cause: 'lost', code: 1006 })
})

test('an attempt that nobody answers is ended with it', async () => {
  const { url, next } = await listen(false)
  const options = { WebSocket, connectTimeout: 100, shouldReconnect: () => false }
  const socket = new ReconnectingWebSocket(url, [], options)
  const server = await next()
  await Promise.all([once(socket, 'close'), once(server, 'end')])
  expect(socket.status).toMatchObject({ cause: 'timeout' })
})

/** A server that does nothing after the handshake, and never ends a connection. */
async function listen(answers = true) {
  const server = createServer({ allowHalfOpen: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  // It listens on a port, not on a path.
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    /** The server's side of the next connection. */
    async next(): Promise<Socket> {
      const [connection]: Socket[] = await once(server, 'connection')
      if (connection === undefined) throw new Error('there is no connection')
      onTestFinished(() => void connection.destroy())
      // The client may reset it.
      connection.on('error', () => {})
      const [request] = await once(connection, 'data')
      const [, key] = /sec-websocket-key: (\S+)/i.exec(String(request)) ?? []
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      if (answers) {
        connection.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
            `Sec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`,
        )
      }
      // Read, so that its end is noticed, and thrown away.
      connection.resume()
      return connection
    },
  }
}

async function opened(socket: ReconnectingWebSocket): Promise<void> {
  while (socket.readyState !== socket.OPEN) await once(socket, 'statuschange')
}
