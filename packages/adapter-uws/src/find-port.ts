import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Listens for a moment with Node's own server, on the address that the engine takes of several.
 *
 * @param port 0 for any
 * @returns a promise of the port. It rejects with the error of the system when nobody can listen.
 */
export async function findPort(host: string, port: number): Promise<number> {
  const addresses = await lookup(host, { all: true })
  const preferred = addresses.find(({ family }) => family === 6) ?? addresses[0]
  const server = createServer((socket) => socket.destroy())
  server.listen({ host: preferred?.address, port, exclusive: true })
  await once(server, 'listening')
  const address = server.address()
  await once(server.close(), 'close')
  return typeof address === 'object' && address !== null ? address.port : port
}
