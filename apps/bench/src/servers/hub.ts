import process from 'node:process'
import { createEndpoint } from '@wirebeat/core'
import { bytes, createHub, hubOf } from '@wirebeat/hub'
import { messagepack } from '@wirebeat/hub/messagepack'
import { loadAdapter } from '@wirebeat/test-support/adapter-names'
import { z } from 'zod'
import { broadcasterFor } from './broadcast.ts'
import { serve } from './serve.ts'
import { HOST, MAX_BUFFERED_AMOUNT, MAX_MESSAGE_SIZE, PATH, TOPIC } from './settings.ts'

const { method, define } = hubOf<{ m(text: string): void }>()

const definition = define({
  Echo: method([z.string()], (_call, text) => text),
  EchoBytes: method([bytes()], (_call, data) => data),
  Arrived: method([], () => broadcaster?.arrived()),
})

const hub = createHub(definition, {
  encodings: [messagepack()],
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
})

const { listen } = await loadAdapter(process.argv[2] ?? '')
serve(await listen(endpoint, { host: HOST }), broadcaster)
