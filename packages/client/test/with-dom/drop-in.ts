// Only compiled: in a program with the types of the DOM the socket can stand where a WebSocket did.
import { ReconnectingWebSocket } from '../../dist/index.js'

const socket: WebSocket = new ReconnectingWebSocket(new URL('wss://a.example'))
socket.onmessage = ({ data }: MessageEvent) => JSON.parse(data)
socket.addEventListener('close', ({ code }: CloseEvent) => code)

const own = new ReconnectingWebSocket(() => fetch('/url').then((response) => response.text()), [], {
  WebSocket,
  signal: AbortSignal.timeout(1_000),
})
own.onmessage = (event) => {
  const { data, lastEventId }: MessageEvent = event
  own.send(data.length > 1 ? lastEventId : new Blob([data]))
}
own.onclose = (event: CloseEvent) => event.wasClean
own.addEventListener('uncertain', ({ data }) => own.send(data), { signal: AbortSignal.timeout(1) })
own.addEventListener('open', () => own.send('once'), { once: true })

/** Code for any EventTarget takes the socket too. */
function listen(target: EventTarget): void {
  target.addEventListener('expired', (event) => event.timeStamp)
}
listen(own)

export const fresh: ReconnectingWebSocket = new ReconnectingWebSocket(
  (signal) => fetch('/url', { signal }).then((response) => response.text()),
  async (signal) => ['chat', await fetch('/token', { signal }).then((response) => response.text())],
)

/** What a wait is about, without a cast. */
export function inShort({ status }: ReconnectingWebSocket): string {
  return status.state === 'waiting' ? `${status.cause} until ${status.retryAt}` : status.state
}
