import { readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Endpoint } from '@wirebeat/core'
import {
  cannotListen,
  checkListenOptions,
  deadlinesPassed,
  type Listening,
  type ListenOptions,
  serve,
  type TlsFiles,
  unusableTls,
} from '@wirebeat/core/adapter'
import { attach, endpointsOf } from './attach.ts'

/**
 * Makes a server of `node:http`, or of `node:https` with `tls`, for one endpoint, and listens. Requests that
 * neither the endpoint nor `configure` handles are answered with 404.
 *
 * @returns a promise that resolves when the server listens.
 * @throws OptionError (the promise rejects) for a wrong or unknown option.
 * @throws Error when the port is in use, the machine does not have the address, or a file of `tls` cannot be
 * read or used. The message says which.
 * @throws TypeError for an endpoint that was not made by `createEndpoint`.
 */
export async function listen(
  endpoint: Endpoint,
  options: ListenOptions<Server | SecureServer> = {},
): Promise<Listening> {
  const { host, port, tls, configure } = checkListenOptions(options)
  const server = attach(await makeServer(serve(endpoint).options.handshakeTimeout, tls), endpoint)
  const sockets = socketsOf(server)
  await configure?.(server)
  await startListening(server, host, port)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      server.close()
      // Idle sockets of HTTP keep-alive would keep the process running.
      server.closeIdleConnections()
      // Node looks no more at those who have not sent a whole request.
      const over = deadlinesPassed(endpointsOf(server), (milliseconds) =>
        wait(milliseconds, undefined, { ref: false }),
      )
      over.then(() => {
        for (const socket of sockets) socket.destroy()
      })
    },
  }
}

/** The sockets of all connections that a server has. */
function socketsOf(server: Server | SecureServer): ReadonlySet<Duplex> {
  const sockets = new Set<Duplex>()
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  return sockets
}

async function makeServer(patience: number, tls?: TlsFiles): Promise<Server | SecureServer> {
  const options: ServerOptions = {
    headersTimeout: patience,
    requestTimeout: patience,
    // How often Node checks the timeouts. The default is half a minute.
    connectionsCheckingInterval: Math.ceil(patience / 8),
  }
  if (tls === undefined) return createServer(options)
  const [cert, key] = await Promise.all([readFile(tls.cert), readFile(tls.key)])
  try {
    // The TLS handshake has a timeout of its own.
    return createSecureServer({ ...options, handshakeTimeout: patience, cert, key })
  } catch (error) {
    throw unusableTls(tls, error)
  }
}

function startListening(server: Server | SecureServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // The listener stays. A later error means that one connection could not be accepted, because the process
    // has no file descriptor left. Without a listener it would end the process.
    server.on('error', (error) => reject(cannotListen(host, port, error)))
    server.listen(port, host, resolve)
  })
}
