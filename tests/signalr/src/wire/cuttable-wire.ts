import { connect, createServer, type Socket } from 'node:net'

/** A wire to a server. */
export interface Wire {
  readonly origin: string
  /** How many connections were made by it. */
  readonly connections: number
  /** Ends all TCP connections on it. New ones may be made. */
  cut(): void
  close(): void
}

/** Makes a wire to the server at an origin, so that it can be cut. */
export async function wireTo(origin: string): Promise<Wire> {
  const sockets = new Set<Socket>()
  const { hostname, port } = new URL(origin)
  let connections = 0
  const listener = createServer((near) => {
    connections++
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      // It ends, which the other side is told.
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    near.pipe(far).pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('The wire has no port.')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    origin: `http://127.0.0.1:${address.port}`,
    get connections() {
      return connections
    },
    cut,
    close() {
      cut()
      listener.close()
    },
  }
}
