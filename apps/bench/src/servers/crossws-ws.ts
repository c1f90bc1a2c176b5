import { createServer } from 'node:http'
import crossws from 'crossws/adapters/node'
import { echoHooks } from './crossws-hooks.ts'
import { listenOn } from './node-server.ts'
import { HEARTBEAT, MAX_MESSAGE_SIZE } from './settings.ts'

const adapter = crossws({
  hooks: echoHooks(),
  // Here crossws pings every so many seconds.
  idleTimeout: HEARTBEAT / 1000,
  serverOptions: { maxPayload: MAX_MESSAGE_SIZE, perMessageDeflate: false },
})
const server = createServer()
server.on('upgrade', adapter.handleUpgrade)

await listenOn(server)
