// The WebSocket that a runtime has built in. Bun, Deno and Node take headers beside the standard's
// arguments.
import { answerOneByOne } from './program.js'
import { converse } from './web-api.js'

await answerOneByOne((conversation) => {
  const { url, origin, protocols } = conversation
  const headers = origin === undefined ? {} : { origin }
  return converse(conversation, () => new WebSocket(url, { protocols, headers }))
})
