import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { WebSocket, WebSocketServer } from 'ws'
import { broadcasterFor, isCompressed } from './broadcast.ts'
import { listenOn } from './node-server.ts'
import { COMPRESSION_THRESHOLD, HEARTBEAT, MAX_MESSAGE_SIZE, PATH } from './settings.ts'
import { readTls, tls } from './tls.ts'

const server = tls === undefined ? createServer() : createTlsServer(await readTls(tls))
const sockets = new WebSocketServer({
  server,
  path: PATH,
  maxPayload: MAX_MESSAGE_SIZE,
  perMessageDeflate: isCompressed && {
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    threshold: COMPRESSION_THRESHOLD,
  },
})

// The broadcast of the library's README.
const broadcaster = broadcasterFor(({ bytes }) => {
  for (const socket of sockets.clients) {
    if (socket.readyState === WebSocket.OPEN) socket.send(bytes, { binary: false })
  }
})

// The heartbeat of the library's README.
const alive = new WeakSet<WebSocket>()
sockets.on('connection', (socket) => {
  alive.add(socket)
  socket.on('pong', () => alive.add(socket))
  socket.on('message', (data, isBinary) => {
    if (broadcaster === undefined) socket.send(data, { binary: isBinary })
    else broadcaster.arrived()
  })
  // The socket is closed after an error.
  socket.on('error', () => {})
})
setInterval(() => {
  for (const socket of sockets.clients) {
    if (!alive.delete(socket)) socket.terminate()
    else socket.ping()
  }
}, HEARTBEAT)

await listenOn(server, broadcaster)
