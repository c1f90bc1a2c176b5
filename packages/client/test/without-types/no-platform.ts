// Only compiled: the declarations need the types of no platform.
import { ReconnectingWebSocket, type Status } from '../../dist/index.js'

const socket = new ReconnectingWebSocket('wss://a.example', 'chat', { heartbeatMessage: 'beat' })
socket.onmessage = ({ data }) => {
  if (typeof data === 'string') socket.send(data)
}
socket.addEventListener('close', ({ code, reason }) => `${code} ${reason}`)

export const status: Status = socket.status
export const state: 0 | 1 | 2 | 3 = socket.readyState
export const open: 1 = ReconnectingWebSocket.OPEN
