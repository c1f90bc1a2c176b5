import process from 'node:process'
import { createEndpoint, type Endpoint, echo, echoLoop } from '@wirebeat/core'
import { HEARTBEAT, MAX_BUFFERED_AMOUNT, MAX_MESSAGE_SIZE, ORIGIN, PATH } from './settings.ts'

/** The endpoint that both adapters serve: heartbeat, limits and origin policy on. */
export function benchEndpoint(): Endpoint {
  return createEndpoint({
    path: PATH,
    allowedOrigins: [ORIGIN],
    keepAliveInterval: HEARTBEAT,
    maxMessageSize: MAX_MESSAGE_SIZE,
    maxBufferedAmount: MAX_BUFFERED_AMOUNT,
    session: process.argv.includes('loop') ? echoLoop() : echo(),
  })
}
