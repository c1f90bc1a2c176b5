// A process whose server and endpoint are closed while clients stay that have never sent a whole request, or
// that go on sending requests. They do not keep the process; what the server has of them may.
import { once } from 'node:events'
import { connect } from 'node:net'
import { listen } from '@wirebeat/adapter-bun'
import { createEndpoint, echo } from '@wirebeat/core'

const endpoint = createEndpoint({ path: '/ws', session: echo() })
const server = await listen(endpoint, { host: '127.0.0.1' })
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

async function client(text) {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  socket.unref()
  return socket
}

await client('')
await client('GET / HTTP/1.1\r\nHost: ')
const webSocket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`)
await new Promise((resolve) => webSocket.addEventListener('open', resolve))
const busy = await client(GET)
setInterval(() => busy.write(GET), 20).unref()

const close = { endpoint: () => endpoint.close({ deadline: 300 }), server: () => server.close() }
for (const what of process.argv.slice(2)) await close[what]()
console.log('closed')
