import { App } from 'uWebSockets.js'
import { broadcasterFor, isCompressed } from './broadcast.ts'
import {
  ENGINE_IDLE_TIMEOUT,
  MAX_BUFFERED_AMOUNT,
  MAX_MESSAGE_SIZE,
  PATH,
  TOPIC,
} from './settings.ts'
import { listenOn } from './uws-server.ts'

/** One for all connections, which is reset after each message. The engine has it as a type alone. */
const SHARED_COMPRESSOR = 1

const app = App()
const broadcaster = broadcasterFor(({ text }) => void app.publish(TOPIC, text, false, isCompressed))

app.ws(PATH, {
  maxPayloadLength: MAX_MESSAGE_SIZE,
  maxBackpressure: MAX_BUFFERED_AMOUNT,
  idleTimeout: ENGINE_IDLE_TIMEOUT,
  sendPingsAutomatically: true,
  ...(isCompressed && { compression: SHARED_COMPRESSOR }),
  open(socket) {
    if (broadcaster !== undefined) socket.subscribe(TOPIC)
  },
  message(socket, data, isBinary) {
    if (broadcaster === undefined) socket.send(data, isBinary, isCompressed)
    else broadcaster.arrived()
  },
})

listenOn(app, broadcaster)
