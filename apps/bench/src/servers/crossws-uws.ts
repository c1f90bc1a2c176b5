import { App } from 'uWebSockets.js'
import crossws from 'crossws/adapters/uws'
import { echoHooks } from './crossws-hooks.ts'
import { ENGINE_IDLE_TIMEOUT, MAX_BUFFERED_AMOUNT, MAX_MESSAGE_SIZE, PATH } from './settings.ts'
import { listenOn } from './uws-server.ts'

const { websocket } = crossws({
  hooks: echoHooks(),
  idleTimeout: ENGINE_IDLE_TIMEOUT,
  uws: {
    maxPayloadLength: MAX_MESSAGE_SIZE,
    maxBackpressure: MAX_BUFFERED_AMOUNT,
    sendPingsAutomatically: true,
  },
})

listenOn(App().ws(PATH, websocket))
