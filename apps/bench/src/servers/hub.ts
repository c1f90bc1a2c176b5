import process from 'node:process'
import { createEndpoint } from '@wirebeat/core'
import { httpTransports } from '@wirebeat/http-transports'
import { bytes, createHub, hubOf } from '@wirebeat/hub'
import { messagepack } from '@wirebeat/hub/messagepack'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { z } from 'zod'
import { broadcasterFor } from './broadcast.ts'
import { serve } from './serve.ts'
import { HOST, MAX_BUFFERED_AMOUNT, MAX_MESSAGE_SIZE, PATH, TOPIC } from './settings.ts'

/** More than a connection is sent in the second after which it says what it has. */
const RECONNECT_BUFFER_SIZE = 64 * 1024 * 1024

const { method, define } = hubOf<{ m(text: string): void }>()

const definition = define({
  Echo: method([z.string()], (_call, text) => text),
  EchoBytes: method([bytes()], (_call, data) => data),
  Arrived: method([], () => broadcaster?.arrived()),
})

const hub = createHub(definition, {
  encodings: [messagepack()],
  reconnectBufferSize: RECONNECT_BUFFER_SIZE,
  connected: ({ groups }) => groups.add(TOPIC),
})
const broadcaster = broadcasterFor(({ text }) => void hub.clients.group(TOPIC).send('m', text))

const endpoint = createEndpoint({
  path: PATH,
  allowedOrigins: '*',
  // As ASP.NET Core has it.
  keepAliveInterval: 15_000,
  aliveOn: 'message',
  maxMessageSize: MAX_MESSAGE_SIZE,
  maxBufferedAmount: MAX_BUFFERED_AMOUNT,
  session: hub.session,
  ...(process.argv[3] === 'stateful' && {
    httpTransports: httpTransports({
      statefulReconnect: true,
      maxNegotiatedPerAddress: 100_000,
    }),
  }),
})

const { listen } = await loadAdapter(process.argv[2] ?? '')
serve(await listen(endpoint, { host: HOST }), broadcaster)
