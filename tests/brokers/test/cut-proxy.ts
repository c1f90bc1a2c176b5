import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Stands between servers and their broker, so that a test can cut connections without a word. */
export class CutProxy {
  readonly port: number
  readonly #server: Server
  readonly #sockets: Set<Socket>

  constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server
    this.#sockets = sockets
    // It listens on a host, so that this is no path.
    this.port = (server.address() as AddressInfo).port
  }

  /** Cuts all connections. Others may be made at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): void {
    this.#server.close()
    this.cut()
  }
}

/** @param port of 127.0.0.1, where the broker listens */
export async function cutProxy(port: number): Promise<CutProxy> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket, other: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
    socket.pipe(other)
  }
  const server = createServer({ noDelay: true }, (client) => {
    const broker = connect({ host: '127.0.0.1', port, noDelay: true })
    keep(client, broker)
    keep(broker, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new CutProxy(server, sockets)
}
