// The WebSocket that Node has built in, from its package, so that it is the same on every version.
import { WebSocket } from 'undici'
import { answerLines } from './program.js'
import { converse } from './web-api.js'

await answerLines((conversation) => {
  const { url, origin, protocols } = conversation
  const headers = origin === undefined ? {} : { origin }
  return converse(conversation, () => new WebSocket(url, { protocols, headers }))
})
