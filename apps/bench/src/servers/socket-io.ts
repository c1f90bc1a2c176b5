import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { broadcasterFor, isCompressed } from './broadcast.ts'
import { listenOn } from './node-server.ts'
import { COMPRESSION_THRESHOLD, HEARTBEAT, MAX_MESSAGE_SIZE, TOPIC } from './settings.ts'

const server = createServer()
const io = new Server(server, {
  transports: ['websocket'],
  serveClient: false,
  pingInterval: HEARTBEAT,
  pingTimeout: HEARTBEAT,
  maxHttpBufferSize: MAX_MESSAGE_SIZE,
  perMessageDeflate: isCompressed && {
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    threshold: COMPRESSION_THRESHOLD,
  },
})
const broadcaster = broadcasterFor(({ text }) => void io.to(TOPIC).emit('m', text))
io.on('connection', (socket) => {
  if (broadcaster !== undefined) socket.join(TOPIC)
  socket.on('m', (data, acknowledge?: (data: unknown) => void) => {
    if (broadcaster !== undefined) broadcaster.arrived()
    else if (acknowledge !== undefined) acknowledge(data)
    else socket.emit('m', data)
  })
})

await listenOn(server, broadcaster)
