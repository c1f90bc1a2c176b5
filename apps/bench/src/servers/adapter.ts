import process from 'node:process'
import { createEndpoint, echo, echoLoop, type Session } from '@wirebeat/core'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { createTopics } from '@wirebeat/topics'
import { broadcasterFor, isBroadcast, isCompressed, skipsSlow } from './broadcast.ts'
import { serve } from './serve.ts'
import {
  HEARTBEAT,
  HOST,
  MAX_BUFFERED_AMOUNT,
  MAX_MESSAGE_SIZE,
  ORIGIN,
  PATH,
  TOPIC,
} from './settings.ts'

const topics = createTopics()
const broadcaster = broadcasterFor(({ text }) => void topics.publish(TOPIC, text))
const slow = skipsSlow ? 'skip' : 'close'

// With heartbeat, limits and origin policy on.
const endpoint = createEndpoint({
  path: PATH,
  allowedOrigins: [ORIGIN],
  keepAliveInterval: HEARTBEAT,
  maxMessageSize: MAX_MESSAGE_SIZE,
  maxBufferedAmount: MAX_BUFFERED_AMOUNT,
  compression: isCompressed,
  session: sessionOf(),
})
// The list of contestants names one of them.
const { listen } = await loadAdapter(process.argv[2] ?? '')

serve(await listen(endpoint, { host: HOST }), broadcaster)

function sessionOf(): Session<undefined> {
  if (isBroadcast) {
    return {
      open: (connection) => topics.subscribe(connection, TOPIC, { slow }),
      message: () => broadcaster?.arrived(),
    }
  }
  return process.argv.includes('loop') ? echoLoop() : echo()
}
