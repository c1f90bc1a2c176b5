// socket.io on the same server: it has its path, and the endpoint has another.
import { createServer } from 'node:http'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import { Server } from 'socket.io'

const server = createServer((_request, response) => {
  response.end('A page over HTTP.')
})

// Its path is /socket.io/.
const io = new Server(server)
io.on('connection', (socket) => {
  socket.on('echo', (text: string, answer: (text: string) => void) => answer(text))
})

const endpoint = createEndpoint({
  path: '/ws',
  allowedOrigins: 'same-origin',
  session: echo(),
})
// Before or after socket.io: it makes no difference.
attach(server, endpoint)

server.listen(Number(process.env.PORT ?? 5000), 'localhost', () => {
  console.log('Listening on', server.address())
})

process.once('SIGTERM', async () => {
  await endpoint.close()
  // Closes the server too.
  await io.close()
})
