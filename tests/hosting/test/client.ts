import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { type ClientOptions, WebSocket } from 'ws'

/** Milliseconds that anything may take that is to happen soon. */
const PATIENCE = 15_000

const soon = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(PATIENCE) })

function connect(url: string, options?: ClientOptions): WebSocket {
  // The certificate of the tests vouches for nobody.
  return new WebSocket(url, { rejectUnauthorized: false, ...options })
}

/** Opens a WebSocket. */
export async function open(url: string, options?: ClientOptions): Promise<WebSocket> {
  const socket = connect(url, options)
  await once(socket, 'open', soon())
  // Without a listener a cut line would end the process; `close` follows.
  socket.on('error', () => {})
  return socket
}

/** Opens a WebSocket that must be refused. */
export async function refusal(
  url: string,
  options?: ClientOptions,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const socket = connect(url, options)
  const [request, response] = await once(socket, 'unexpected-response', soon())
  const body = await text(response)
  request.destroy()
  return { status: response.statusCode, body }
}

/** Sends a message, and waits for the next one. */
export async function ask(socket: WebSocket, message: string | Uint8Array): Promise<Buffer> {
  const answer = once(socket, 'message', soon())
  socket.send(message)
  const [data] = await answer
  return data
}

/** Waits for the end. */
export async function closed(
  socket: WebSocket,
): Promise<{ readonly code: number; readonly reason: string }> {
  const [code, reason] = await once(socket, 'close', soon())
  return { code, reason: reason.toString() }
}
