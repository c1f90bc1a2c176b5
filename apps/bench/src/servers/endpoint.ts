import process from 'node:process'
import { createEndpoint, type Endpoint, echo, echoLoop, type Session } from '@wirebeat/core'
import { httpTransports } from '@wirebeat/http-transports'
import { createTopics } from '@wirebeat/topics'
import { broadcasterFor, isBroadcast, isCompressed, skipsSlow } from './broadcast.ts'
import type { Broadcaster } from './broadcaster.ts'
import {
  HEARTBEAT,
  MAX_BUFFERED_AMOUNT,
  MAX_MESSAGE_SIZE,
  ORIGIN,
  PATH,
  TOPIC,
} from './settings.ts'

const topics = createTopics()
const slow = skipsSlow ? 'skip' : 'close'

export const broadcaster: Broadcaster | undefined = broadcasterFor(
  ({ text }) => void topics.publish(TOPIC, text),
)

/** The endpoint of every adapter, with heartbeat, limits and origin policy on. */
export const endpoint: Endpoint<undefined> = createEndpoint({
  path: PATH,
  allowedOrigins: [ORIGIN],
  keepAliveInterval: HEARTBEAT,
  maxMessageSize: MAX_MESSAGE_SIZE,
  maxBufferedAmount: MAX_BUFFERED_AMOUNT,
  compression: isCompressed,
  ...(process.argv.includes('http-transports') && {
    httpTransports: httpTransports({ maxNegotiatedPerAddress: 100_000 }),
    // Clients that only read a stream are not ended.
    clientTimeout: 3_600_000,
  }),
  session: sessionOf(),
})

function sessionOf(): Session<undefined> {
  if (isBroadcast) {
    return {
      open: (connection) => topics.subscribe(connection, TOPIC, { slow }),
      message: () => broadcaster?.arrived(),
    }
  }
  return process.argv.includes('loop') ? echoLoop() : echo()
}
