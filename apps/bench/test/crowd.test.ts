import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { createEndpoint, echo } from '@wirebeat/core'
import type { ListenOptions } from '@wirebeat/core/adapter'
import { httpTransports } from '@wirebeat/http-transports'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { attach } from 'engine.io'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Carrier } from '../src/carrier.ts'
import { Crowd } from '../src/generator/crowd.ts'
import type { Traffic } from '../src/protocol.ts'
import { HOST, PATH } from '../src/servers/settings.ts'

const traffic: Traffic = {
  carrier: 'TCP',
  dialect: 'websocket',
  type: 'binary',
  size: 64,
  outstanding: 1,
}

/** How long is waited for what comes at once on a machine with nothing else to do. */
const PATIENCE = { timeout: 20_000 }

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

test.each<Carrier>(['TCP', 'TLS', 'HTTP/2'])(
  'messages go back and forth over %s',
  async (carrier) => {
    const { listen } = await loadAdapter('ws')
    const endpoint = createEndpoint({ path: PATH, session: echo() })
    const tls = carrier === 'TCP' ? undefined : await makeCertificate()
    const options: ListenOptions<unknown> & { readonly http2?: true } = {
      host: HOST,
      ...(tls && { tls }),
      // An option of adapter-ws alone.
      ...(carrier === 'HTTP/2' && { http2: true }),
    }
    const server = await listen(endpoint, options)
    onTestFinished(async () => {
      await server.close()
      await endpoint.close({ deadline: 0 })
    })
    const crowd = new Crowd()
    await crowd.connect(server.port, 3, { ...traffic, carrier })
    crowd.exchange()
    crowd.begin()
    await vi.waitFor(() => expect(crowd.report().messages).toBeGreaterThan(30), PATIENCE)
    expect(endpoint.connections.size).toBe(3)
    await crowd.disconnect()
    await vi.waitFor(() => expect(endpoint.connections.size).toBe(0))
  },
)

test.each([
  ['long polling', 'text'],
  ['events', 'text'],
] as const)('a client of %s negotiates, and is open', async (dialect, type) => {
  const { listen } = await loadAdapter('ws')
  const endpoint = createEndpoint({
    path: PATH,
    session: echo(),
    httpTransports: httpTransports(),
  })
  const server = await listen(endpoint, { host: HOST })
  onTestFinished(async () => {
    await server.close()
    await endpoint.close({ deadline: 0 })
  })
  const crowd = new Crowd()
  await crowd.connect(server.port, 3, { ...traffic, dialect, type })
  expect(crowd.report().open).toBe(3)
  expect(endpoint.connections.size).toBe(3)
  if (dialect === 'long polling') {
    crowd.exchange()
    await vi.waitFor(() => expect(crowd.report().messages).toBeGreaterThan(30), PATIENCE)
  }
  await crowd.disconnect()
})

test('a client of engine.io polls', async () => {
  const server = createHttpServer()
  const engine = attach(server, { transports: ['polling'] })
  engine.on('connection', (socket) => socket.on('message', (data: string) => socket.send(data)))
  await once(server.listen(0, HOST), 'listening')
  onTestFinished(() => {
    engine.close()
    server.closeAllConnections()
    server.close()
  })
  const crowd = new Crowd()
  const { port } = server.address() as AddressInfo
  await crowd.connect(port, 3, { ...traffic, dialect: 'engine.io polling', type: 'text' })
  crowd.exchange()
  await vi.waitFor(() => expect(crowd.report().messages).toBeGreaterThan(30), PATIENCE)
  await crowd.disconnect()
})
