import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'

/** What a proxy does to WebSockets, and to answers that go on. */
export interface Harm {
  /** `drop` ends the connection; `swallow` passes the answer to the upgrade, and nothing behind it. */
  readonly upgrades: 'refuse' | 'drop' | 'swallow'
  /**
   * `pass` is no harm. The others hold back an answer until it is whole: `hold-body` all but its head, and `hold` all, for
   * so long that the proxy answers 504 for it.
   */
  readonly streams: 'pass' | 'hold-body' | 'hold'
}

/** For how long a proxy waits for an answer to be whole, in milliseconds. */
const PATIENCE = 1_000

export type HarmName =
  | 'refuses'
  | 'drops'
  | 'swallows'
  | 'refuses and holds'
  | 'refuses and passes heads'

/** Every kind of harm, by what the proxy does. */
export const HARMS: Readonly<Record<HarmName, Harm>> = {
  refuses: { upgrades: 'refuse', streams: 'pass' },
  drops: { upgrades: 'drop', streams: 'pass' },
  swallows: { upgrades: 'swallow', streams: 'pass' },
  'refuses and holds': { upgrades: 'refuse', streams: 'hold' },
  'refuses and passes heads': { upgrades: 'refuse', streams: 'hold-body' },
}

export interface HostileProxy {
  /** Without a path. */
  readonly origin: string
  close(): void
}

/** Serves what is on a port of this machine through a proxy. */
export async function serveThrough(
  port: string,
  { upgrades, streams }: Harm,
): Promise<HostileProxy> {
  const sockets = new Set<Duplex>()
  const proxy = createServer((incoming, response) => {
    const { method, url, headers } = incoming
    const onward = request({ port, method, path: url, headers }, (answer) => {
      const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true
      if (isStream && streams === 'hold') setTimeout(() => giveUp(onward, response), PATIENCE)
      else pass(answer, response, isStream && streams === 'hold-body')
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    incoming.pipe(onward)
  })
  proxy.on('upgrade', (incoming, socket: Duplex) => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (upgrades === 'swallow') swallow(incoming, socket, Number(port))
    else if (upgrades === 'drop') socket.destroy()
    else socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    origin: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close() {
      proxy.close()
      proxy.closeAllConnections()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function pass(answer: IncomingMessage, response: ServerResponse, holdsBody: boolean): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers)
  response.flushHeaders()
  if (!holdsBody) {
    answer.pipe(response)
    return
  }
  const held: Buffer[] = []
  answer.on('data', (part: Buffer) => held.push(part))
  answer.on('end', () => response.end(Buffer.concat(held)))
  answer.on('error', () => response.destroy())
}

function giveUp(onward: { destroy(): void }, response: ServerResponse): void {
  if (!response.destroyed) response.writeHead(504).end()
  onward.destroy()
}

function swallow({ url, rawHeaders }: IncomingMessage, socket: Duplex, port: number): void {
  const onward = connect(port, '127.0.0.1')
  const lines = [`GET ${url} HTTP/1.1`]
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`)
  }
  onward.write(`${lines.join('\r\n')}\r\n\r\n`)
  let head = ''
  let isPassed = false
  onward.on('data', (part: Buffer) => {
    head += part.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end < 0 || isPassed) return
    isPassed = true
    socket.write(head.slice(0, end + 4), 'latin1')
  })
  // It reads all, and passes none of it on.
  socket.resume()
  onward.on('error', () => {})
  socket.on('close', () => onward.destroy())
}
