// A process whose server and endpoint are closed while clients stay: one with a WebSocket, others that have never sent
// a whole request, or that go on sending requests. They do not keep the process; what the server has of them may.
// Its arguments are the name of the adapter, and what is closed in which order.
import { once } from 'node:events'
import { connect } from 'node:net'
import { createEndpoint, echo } from '@wirebeat/core'

const [name, ...order] = process.argv.slice(2)
const { listen } = await import(`@wirebeat/adapter-${name}`)
const endpoint = createEndpoint({ path: '/ws', session: echo() })
const server = await listen(endpoint, { host: '127.0.0.1' })
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const HANDSHAKE = [
  'GET /ws HTTP/1.1',
  'Host: a',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${'A'.repeat(22)}==`,
  '\r\n',
].join('\r\n')

async function client(text) {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

const webSocket = await client(HANDSHAKE)
await once(webSocket, 'data')
webSocket.unref()
for (const text of ['', 'GET / HTTP/1.1\r\nHost: ']) (await client(text)).unref()
const busy = await client(GET)
busy.unref()
setInterval(() => busy.write(GET), 20).unref()

const close = { endpoint: () => endpoint.close({ deadline: 300 }), server: () => server.close() }
for (const what of order) await close[what]()
console.log('closed')
