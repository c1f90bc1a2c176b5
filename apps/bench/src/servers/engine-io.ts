import { createServer } from 'node:http'
import { attach } from 'engine.io'
import { listenOn } from './node-server.ts'
import { HEARTBEAT, MAX_MESSAGE_SIZE } from './settings.ts'

const server = createServer()
const engine = attach(server, {
  transports: ['polling'],
  allowUpgrades: false,
  pingInterval: HEARTBEAT,
  pingTimeout: HEARTBEAT,
  maxHttpBufferSize: MAX_MESSAGE_SIZE,
  httpCompression: false,
})
engine.on('connection', (socket) => {
  socket.on('message', (data: string) => socket.send(data))
})

await listenOn(server)
