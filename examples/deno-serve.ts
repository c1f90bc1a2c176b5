// An adapter for a host of the web's Request and Response, here Deno.serve. What it cannot do is in `missing`, and
// core does without. On Deno, @wirebeat/adapter-ws can more.
import type { Endpoint } from '@wirebeat/core'
import {
  type Admission,
  type Bytes,
  canonicalAddress,
  checkListenOptions,
  fieldLines,
  type Listening,
  type ListenOptions,
  type MissingCapabilities,
  NOT_FOUND,
  type SendResult,
  serve,
  type Transport,
  type TransportListener,
  upgradeFromWeb,
  type WebRequest,
  webResponse,
} from '@wirebeat/core/adapter'

const upstream = 'ext/websocket/lib.rs'
export const missing: MissingCapabilities = {
  ping: { reason: 'It sends no pings, and answers those of clients unseen.', upstream },
  terminate: { reason: 'It cannot end a connection without the client.', upstream },
  pause: { reason: 'It cannot stop reading.', upstream },
  tls: { reason: 'This file has no option for it.', upstream: 'deno-serve.ts' },
  compression: { reason: 'It does not compress.', upstream },
}

/** One socket, as core wants to see it. */
class WebSocketTransport implements Transport {
  readonly #socket: WebSocket
  readonly byteLength = Buffer.byteLength

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  get backlog(): number {
    return this.#socket.bufferedAmount
  }

  send(data: string | Bytes, type: 'text' | 'binary'): SendResult {
    if (this.#socket.readyState !== WebSocket.OPEN) return 'closed'
    const isText = type === 'text' && typeof data !== 'string'
    this.#socket.send(isText ? new TextDecoder().decode(data) : (data as ArrayBuffer))
    return 'sent'
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }
}

/** Completes a handshake that core has let in. */
function complete(admission: Admission, request: WebRequest): Response {
  const { protocol } = admission
  // The engine's own timeout is off, because core has the heartbeat.
  const options = { idleTimeout: 0, ...(protocol && { protocol }) }
  const { socket, response } = Deno.upgradeWebSocket(request, options)
  for (const [name, value] of fieldLines(admission.headers)) response.headers.append(name, value)
  let listener: TransportListener | undefined
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => {
    listener = admission.accept(new WebSocketTransport(socket))
    listener.opened()
  }
  socket.onmessage = ({ data }) =>
    listener?.message(data, typeof data === 'string' ? 'text' : 'binary')
  socket.onclose = ({ code, reason }) => {
    if (listener === undefined) admission.abandon()
    else if (code === 1006 || code === 0) listener.closed('lost')
    else listener.closed('client', code, reason)
  }
  return response
}

/** Makes a server for one endpoint, and listens. */
export async function listen(
  endpoint: Endpoint,
  options: ListenOptions<never> = {},
): Promise<Listening> {
  const { host, port } = checkListenOptions(options, missing)
  const served = serve(endpoint, missing)
  const server = Deno.serve({ hostname: host, port }, (request, { remoteAddr }) => {
    const address = (): string => canonicalAddress(remoteAddr.hostname)
    const answer = upgradeFromWeb(served, request, address, (it) => complete(it, request))
    return answer === false ? webResponse(NOT_FOUND) : answer
  })
  return { port: server.addr.port, close: () => server.shutdown() }
}

/** The part of Deno that the adapter uses. */
declare const Deno: {
  serve(
    options: { readonly hostname: string; readonly port: number },
    handler: (request: WebRequest, info: { remoteAddr: { hostname: string } }) => unknown,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> }
  upgradeWebSocket(request: WebRequest, options: object): { socket: WebSocket; response: Response }
}
