// Only compiled: a program of CommonJS modules finds the client and its types.
import { ReconnectingWebSocket, type Status } from '@wirebeat/client'

const socket = new ReconnectingWebSocket('wss://a.example', [], { startClosed: true })
socket.onmessage = ({ data }) => console.log(data)

export const status: Status = socket.status
