import process from 'node:process'
import { createEndpoint, echo, echoLoop } from '@wirebeat/core'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { serve } from './serve.ts'
import { HEARTBEAT, HOST, MAX_BUFFERED_AMOUNT, MAX_MESSAGE_SIZE, ORIGIN, PATH } from './settings.ts'

// With heartbeat, limits and origin policy on.
const endpoint = createEndpoint({
  path: PATH,
  allowedOrigins: [ORIGIN],
  keepAliveInterval: HEARTBEAT,
  maxMessageSize: MAX_MESSAGE_SIZE,
  maxBufferedAmount: MAX_BUFFERED_AMOUNT,
  session: process.argv.includes('loop') ? echoLoop() : echo(),
})
// The list of contestants names one of them.
const { listen } = await loadAdapter(process.argv[2] ?? '')

serve(await listen(endpoint, { host: HOST }))
