import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream'

/**
 * A port that stays while the server behind it is killed and another one takes its place. The port of
 * a killed server itself may not be free for a minute: the system keeps the remains of connections.
 */
export class Relay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** The port of the server behind. */
  target: number

  private constructor(target: number) {
    this.target = target
    this.#server = createServer((near) => {
      const far = connect(this.target, '127.0.0.1')
      for (const socket of [near, far]) {
        this.#sockets.add(socket)
        socket.on('close', () => this.#sockets.delete(socket))
      }
      // The end of one is the end of the other.
      pipeline(near, far, near, () => {})
    })
  }

  static async to(url: string): Promise<Relay> {
    const relay = new Relay(Number(new URL(url).port))
    await once(relay.#server.listen(0, '127.0.0.1'), 'listening')
    return relay
  }

  get url(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}
