import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Stands between servers and their broker, so that a test can cut connections without a word. */
export class CutProxy {
  readonly port: number
  readonly #server: Server
  /** By the socket that it is piped to. */
  readonly #sockets: ReadonlyMap<Socket, Socket>

  constructor(server: Server, sockets: ReadonlyMap<Socket, Socket>) {
    this.#server = server
    this.#sockets = sockets
    // It listens on a host, so that this is no path.
    this.port = (server.address() as AddressInfo).port
  }

  /** Cuts all connections. Others may be made at once. */
  cut(): void {
    for (const socket of this.#sockets.keys()) socket.destroy()
  }

  /** Nothing passes any more, in either direction, and nothing is lost. */
  stall(): void {
    for (const [socket, other] of this.#sockets) socket.unpipe(other)
  }

  resume(): void {
    for (const [socket, other] of this.#sockets) socket.pipe(other)
  }

  close(): void {
    this.#server.close()
    this.cut()
  }
}

/** @param port of 127.0.0.1, where the broker listens */
export async function cutProxy(port: number): Promise<CutProxy> {
  const sockets = new Map<Socket, Socket>()
  const keep = (socket: Socket, other: Socket): void => {
    sockets.set(socket, other)
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

/** A proxy before each port of a broker, for one server. */
export class Wire {
  readonly #proxies: ReadonlyMap<number, CutProxy>

  constructor(proxies: ReadonlyMap<number, CutProxy>) {
    this.#proxies = proxies
  }

  /** Where the server connects to, by the port of the broker. */
  get ports(): ReadonlyMap<number, number> {
    return new Map([...this.#proxies].map(([port, proxy]) => [port, proxy.port]))
  }

  cut(): void {
    for (const proxy of this.#proxies.values()) proxy.cut()
  }

  stall(): void {
    for (const proxy of this.#proxies.values()) proxy.stall()
  }

  resume(): void {
    for (const proxy of this.#proxies.values()) proxy.resume()
  }

  close(): void {
    for (const proxy of this.#proxies.values()) proxy.close()
  }
}

/** @param ports of 127.0.0.1, where the broker listens */
export async function wireTo(ports: readonly number[]): Promise<Wire> {
  const proxies = new Map<number, CutProxy>()
  for (const port of ports) proxies.set(port, await cutProxy(port))
  return new Wire(proxies)
}
