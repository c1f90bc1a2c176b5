// The client on the runtime that this program is run with, by its own WebSocket.
import { ReconnectingWebSocket } from '../../node_modules/@wirebeat/client/dist/index.js'
import { answerLines } from '../program.js'
import { scenarios } from './scenarios.js'

await answerLines((name, url) => scenarios[name](ReconnectingWebSocket, url))
