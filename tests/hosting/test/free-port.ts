import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** A port of 127.0.0.1 that is free now, for a program that cannot be asked which one it got. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It listens on a host, so that this is no path.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
