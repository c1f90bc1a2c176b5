import { App, type HttpRequest, type HttpResponse, type us_socket_context_t } from 'uWebSockets.js'
import process from 'node:process'
import { broadcasterFor, isCompressed } from './broadcast.ts'
import {
  ENGINE_IDLE_TIMEOUT,
  MAX_BUFFERED_AMOUNT,
  MAX_MESSAGE_SIZE,
  ORIGIN,
  PATH,
  TOPIC,
} from './settings.ts'
import { listenOn } from './uws-server.ts'

/** One for all connections, which is reset after each message. The engine has it as a type alone. */
const SHARED_COMPRESSOR = 1

const utf8 = new TextDecoder()
const app = App()
const broadcaster = broadcasterFor(({ text }) => void app.publish(TOPIC, text, false, isCompressed))

app.ws(PATH, {
  maxPayloadLength: MAX_MESSAGE_SIZE,
  maxBackpressure: MAX_BUFFERED_AMOUNT,
  idleTimeout: ENGINE_IDLE_TIMEOUT,
  sendPingsAutomatically: true,
  ...(isCompressed && { compression: SHARED_COMPRESSOR }),
  ...(process.argv.includes('decide') && { upgrade: decide }),
  open(socket) {
    if (broadcaster !== undefined) socket.subscribe(TOPIC)
  },
  message(socket, data, isBinary) {
    if (broadcaster === undefined) socket.send(data, isBinary, isCompressed)
    else broadcaster.arrived()
  },
})

/** The least that it takes to decide about a client: the fields of its request, its address, and its origin. */
function decide(response: HttpResponse, request: HttpRequest, context: us_socket_context_t): void {
  const fields: string[] = []
  request.forEach((name, value) => void fields.push(name, value))
  const address = utf8.decode(response.getRemoteAddressAsText())
  if (address === '' || request.getHeader('origin') !== ORIGIN) {
    response.writeStatus('403 Forbidden').end()
    return
  }
  response.upgrade({}, request.getHeader('sec-websocket-key'), '', '', context)
}

listenOn(app, broadcaster)
