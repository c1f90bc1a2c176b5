import { createServer } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { listenOn } from './node-server.ts'
import { HEARTBEAT, MAX_MESSAGE_SIZE, PATH } from './settings.ts'

const server = createServer()
const sockets = new WebSocketServer({
  server,
  path: PATH,
  maxPayload: MAX_MESSAGE_SIZE,
  perMessageDeflate: false,
})

// The heartbeat of the library's README.
const alive = new WeakSet<WebSocket>()
sockets.on('connection', (socket) => {
  alive.add(socket)
  socket.on('pong', () => alive.add(socket))
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  // The socket is closed after an error.
  socket.on('error', () => {})
})
setInterval(() => {
  for (const socket of sockets.clients) {
    if (!alive.delete(socket)) socket.terminate()
    else socket.ping()
  }
}, HEARTBEAT)

await listenOn(server)
