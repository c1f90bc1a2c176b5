import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a server that a test can cut and freeze. */
export interface Cable {
  readonly port: number
  /** Ends all connections without a word of the server. */
  cut(): void
  /** Lets no byte through any more, in either direction. */
  freeze(): void
  remove(): void
}

/** @param port that of the server */
export async function layCable(port: number): Promise<Cable> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // What was cut is told as an error.
    return socket.on('error', () => {})
  }
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    keep(near).pipe(keep(far)).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    // It listens on a port, not on a path.
    port: (server.address() as AddressInfo).port,
    cut,
    freeze() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    remove() {
      server.close()
      cut()
    },
  }
}
