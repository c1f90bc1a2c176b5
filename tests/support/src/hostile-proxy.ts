import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'

/** What a proxy does to WebSockets, and to answers that go on. */
export interface Harm {
  /** `drop` ends the connection; `swallow` passes the answer to the upgrade, and nothing behind it. */
  readonly upgrades: 'refuse' | 'drop' | 'swallow'
  /**
   * `pass` is no harm. The others hold back an answer until it is whole: `hold-start` all but its head, until there are
   * 4 KiB, `hold-body` all but its head, and `hold` all, for so long that the proxy answers 504 for it.
   */
  readonly streams: 'pass' | 'hold-start' | 'hold-body' | 'hold'
}

/** For how long a proxy waits for an answer to be whole, in milliseconds. */
const PATIENCE = 1_000

/** How many bytes `hold-start` holds. */
const START = 4_096

export type HarmName =
  | 'refuses'
  | 'drops'
  | 'swallows'
  | 'refuses and holds'
  | 'refuses and passes heads'
  | 'refuses and holds starts'

/** Every kind of harm, by what the proxy does. */
export const HARMS: Readonly<Record<HarmName, Harm>> = {
  refuses: { upgrades: 'refuse', streams: 'pass' },
  drops: { upgrades: 'drop', streams: 'pass' },
  swallows: { upgrades: 'swallow', streams: 'pass' },
  'refuses and holds': { upgrades: 'refuse', streams: 'hold' },
  'refuses and passes heads': { upgrades: 'refuse', streams: 'hold-body' },
  'refuses and holds starts': { upgrades: 'refuse', streams: 'hold-start' },
}

export interface HostileProxy {
  /** Without a path. */
  readonly origin: string
  close(): void
}

/** How many bytes of a body are held until there are as many, or it is whole. */
const HELD: Readonly<Record<Harm['streams'], number>> = {
  pass: 0,
  'hold-start': START,
  'hold-body': Number.POSITIVE_INFINITY,
  hold: Number.POSITIVE_INFINITY,
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
      else pass(answer, response, isStream ? HELD[streams] : 0)
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

/** @param most how many bytes of the body are held until there are as many, or it is whole */
function pass(answer: IncomingMessage, response: ServerResponse, most: number): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers)
  response.flushHeaders()
  if (most === 0) {
    answer.pipe(response)
    return
  }
  const held: Buffer[] = []
  let size = 0
  answer.on('data', (part: Buffer) => {
    held.push(part)
    size += part.length
    if (size >= most) response.write(Buffer.concat(held.splice(0)))
  })
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
