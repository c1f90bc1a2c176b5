import process from 'node:process'
import { createEndpoint, type Endpoint, echo, echoLoop, type Session } from '@wirebeat/core'
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

// Loaded only where they are used: V8 collects the whole heap far more often in a process that has more of it, whatever
// the library is.
const topics = isBroadcast ? (await import('@wirebeat/topics')).createTopics() : undefined
const httpTransports = process.argv.includes('http-transports')
  ? (await import('@wirebeat/http-transports')).httpTransports({ maxNegotiatedPerAddress: 100_000 })
  : undefined
const slow = skipsSlow ? 'skip' : 'close'

export const broadcaster: Broadcaster | undefined = broadcasterFor(
  ({ text }) => void topics?.publish(TOPIC, text),
)

/** The endpoint of every adapter, with heartbeat, limits and origin policy on. */
export const endpoint: Endpoint<undefined> = createEndpoint({
  path: PATH,
  allowedOrigins: [ORIGIN],
  keepAliveInterval: HEARTBEAT,
  maxMessageSize: MAX_MESSAGE_SIZE,
  maxBufferedAmount: MAX_BUFFERED_AMOUNT,
  compression: isCompressed,
  ...(httpTransports !== undefined && {
    httpTransports,
    // Clients that only read a stream are not ended.
    clientTimeout: 3_600_000,
  }),
  session: sessionOf(),
})

function sessionOf(): Session<undefined> {
  if (topics !== undefined) {
    return {
      open: (connection) => topics.subscribe(connection, TOPIC, { slow }),
      message: () => broadcaster?.arrived(),
    }
  }
  return process.argv.includes('loop') ? echoLoop() : echo()
}
