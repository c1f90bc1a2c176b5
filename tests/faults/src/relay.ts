import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface RelayOptions {
  /** Where it listens; any free port. */
  readonly host: string
  readonly to: { readonly host: string; readonly port: number }
  /** Milliseconds that everything takes longer, in each direction. */
  readonly delay: number
}

export interface Relay {
  readonly port: number
  close(): void
}

/** Passes on what two ends of TCP say to each other, each piece and each end some time later. */
export function relay({ host, to, delay }: RelayOptions): Promise<Relay> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ ...to, allowHalfOpen: true, noDelay: true })
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (piece) => setTimeout(() => into.write(piece), delay))
      from.on('end', () => setTimeout(() => into.end(), delay))
      // A reset, or a network that gave up, is passed on as the reset that the other end would see.
      from.on('error', () => into.resetAndDestroy())
      from.on('close', () => sockets.delete(from))
    }
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => {
      // A server that listens on TCP has this kind of address.
      const { port } = server.address() as AddressInfo
      resolve({
        port,
        close() {
          server.close()
          for (const socket of sockets) socket.destroy()
        },
      })
    })
  })
}
