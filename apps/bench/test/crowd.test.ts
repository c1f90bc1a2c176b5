import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Crowd } from '../src/generator/crowd.ts'
import type { Traffic } from '../src/protocol.ts'
import { HOST } from '../src/servers/settings.ts'

const traffic: Traffic = { dialect: 'websocket', type: 'binary', size: 64, outstanding: 1 }

test('a connection that the server has closed is told, and not waited for', async () => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.once('data', () => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
  })
  await once(server.listen(0, HOST), 'listening')
  onTestFinished(() => void server.close())
  const crowd = new Crowd()
  // It listens on a host, so that this is no path.
  await crowd.connect((server.address() as AddressInfo).port, 2, traffic)
  const [first, second] = sockets
  first?.destroy()
  const why = 'the server closed the connection'
  await vi.waitFor(() => expect(() => crowd.report()).toThrow(why))
  await expect(crowd.disconnect()).rejects.toThrow(why)
  second?.destroy()
})
