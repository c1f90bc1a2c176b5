import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { Standstills } from '../src/standstills.ts'

/** When this process had no turn, so that what passes it came late. */
export const standstills: Standstills = new Standstills()

/** A port that passes connections on to a server, as a load balancer does. The server can be another one later. */
export class Front {
  readonly port: number
  /** The port of the server that gets new connections. */
  target: number

  private constructor(port: number, target: number) {
    this.port = port
    this.target = target
  }

  /** Opens one, which ends with the test. */
  static async open(host: string, target: number): Promise<Front> {
    const sockets = new Set<Socket>()
    const server = createServer((near) => {
      const far = connect(front.target, host)
      join(near, far)
      join(far, near)
    })
    const join = (one: Socket, other: Socket): void => {
      sockets.add(one)
      one.pipe(other)
      // The end of it follows.
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    await new Promise<void>((resolve) => server.listen(0, host, 1_024, resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The front has no port.')
    const front = new Front(address.port, target)
    onTestFinished(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
    return front
  }
}
