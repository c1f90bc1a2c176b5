// A client on Node that connects again whenever the connection is lost.
import { ReconnectingWebSocket } from '@wirebeat/client'
import { WebSocket } from 'ws'

const url = process.env.URL ?? 'ws://localhost:5000/ws'
const socket = new ReconnectingWebSocket(url, [], {
  // Node has one of its own from version 22 on.
  WebSocket,
  // The endpoint has the same two.
  heartbeatMessage: 'beat',
  keepAliveInterval: 25_000,
  baseDelay: 100,
})

// With each connection anew: what it needs to know of this client, it is told again.
socket.addEventListener('open', () => socket.send('hello'))
socket.addEventListener('message', ({ data }) => console.log('message', data))
socket.addEventListener('statuschange', () => console.log('status', socket.status.state))
socket.addEventListener('close', ({ code }) => console.log('closed with', code))

process.once('SIGTERM', () => socket.close())
