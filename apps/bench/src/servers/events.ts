import { createServer, type ServerResponse } from 'node:http'
import { eventOf } from '../dialect.ts'
import { broadcasterFor } from './broadcast.ts'
import { listenOn } from './node-server.ts'
import { HEARTBEAT } from './settings.ts'

// Server-Sent Events as a person writes them: answers that do not end, and a loop of `response.write`.

const COMMENT = ':\r\n\r\n'
const responses = new Set<ServerResponse>()

const broadcaster = broadcasterFor(({ text }) => {
  const event = eventOf(text)
  for (const response of responses) response.write(event)
})

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    broadcaster?.arrived()
    request.resume()
    response.writeHead(204).end()
    return
  }
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache,no-store',
    'X-Accel-Buffering': 'no',
  })
  response.write(COMMENT)
  responses.add(response)
  response.on('close', () => responses.delete(response))
})
setInterval(() => {
  for (const response of responses) response.write(COMMENT)
}, HEARTBEAT)

await listenOn(server, broadcaster)
