import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { FakeWebSocket } from './fake-web-socket.ts'

test('programs of CommonJS modules can require the client', () => {
  const { ReconnectingWebSocket } = createRequire(import.meta.url)('@wirebeat/client')
  const socket = new ReconnectingWebSocket('ws://a.example', [], { WebSocket: FakeWebSocket })
  FakeWebSocket.last.open()
  expect(socket.readyState).toBe(ReconnectingWebSocket.OPEN)
  socket.close()
  FakeWebSocket.last.end(1000)
  // As CommonJS, and not as a module that was required.
  expect(createRequire(import.meta.url).resolve('@wirebeat/client')).toMatch(/dist.cjs.index\.js$/)
})
