import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server as TlsServer } from 'node:tls'

/**
 * Has the server read a request again, as if it had not asked for an upgrade (RFC 9110, section 7.8). Node
 * has let go of the socket by then, and has not read the body.
 *
 * @param head what was read behind the head of the request
 */
export function serveAsRequest(
  server: EventEmitter,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.unshift(Buffer.concat([headWithoutUpgrade(request), head]))
  // The events with which Node lets others hand connections to a server.
  server.emit(server instanceof TlsServer ? 'secureConnection' : 'connection', socket)
}

function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = valueWithoutUpgrade(name.toLowerCase(), rawHeaders[index + 1] ?? '')
    if (value !== undefined) text += `${name}: ${value}\r\n`
  }
  // As Node has read it.
  return Buffer.from(`${text}\r\n`, 'latin1')
}

function valueWithoutUpgrade(name: string, value: string): string | undefined {
  if (name === 'upgrade') return undefined
  if (name !== 'connection') return value
  const members = value.split(',').map((member) => member.trim())
  const others = members.filter((member) => member.toLowerCase() !== 'upgrade')
  return others.length === 0 ? undefined : others.join(', ')
}
