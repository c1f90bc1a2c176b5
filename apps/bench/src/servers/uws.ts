import { App } from 'uWebSockets.js'
import { ENGINE_IDLE_TIMEOUT, MAX_BUFFERED_AMOUNT, MAX_MESSAGE_SIZE, PATH } from './settings.ts'
import { listenOn } from './uws-server.ts'

const app = App().ws(PATH, {
  maxPayloadLength: MAX_MESSAGE_SIZE,
  maxBackpressure: MAX_BUFFERED_AMOUNT,
  idleTimeout: ENGINE_IDLE_TIMEOUT,
  sendPingsAutomatically: true,
  message(socket, data, isBinary) {
    socket.send(data, isBinary)
  },
})

listenOn(app)
