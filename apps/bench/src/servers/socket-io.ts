import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { listenOn } from './node-server.ts'
import { HEARTBEAT, MAX_MESSAGE_SIZE } from './settings.ts'

const server = createServer()
const io = new Server(server, {
  transports: ['websocket'],
  serveClient: false,
  pingInterval: HEARTBEAT,
  pingTimeout: HEARTBEAT,
  maxHttpBufferSize: MAX_MESSAGE_SIZE,
  perMessageDeflate: false,
})
io.on('connection', (socket) => {
  socket.on('m', (data) => void socket.emit('m', data))
})

await listenOn(server)
