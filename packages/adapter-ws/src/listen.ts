import { readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { Endpoint } from '@wirebeat/core'
import {
  type Listening,
  type ListenOptions,
  serve,
  type TlsFiles,
  unusableTls,
} from '@wirebeat/core/adapter'
import { attach } from './attach.ts'

/**
 * Makes a server that serves one endpoint, and listens. What is nobody's gets 404.
 *
 * @throws Error when the port is taken, the address is not this machine's, or a file of `tls` cannot
 * be read. The message says which.
 */
export async function listen(
  endpoint: Endpoint,
  { host = 'localhost', port = 0, tls, configure }: ListenOptions<Server | SecureServer> = {},
): Promise<Listening> {
  const server = attach(await makeServer(serve(endpoint).options.handshakeTimeout, tls), endpoint)
  configure?.(server)
  await startListening(server, host, port)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      server.close()
      // A socket that was kept alive for another request would otherwise keep the process.
      server.closeIdleConnections()
    },
  }
}

async function makeServer(patience: number, tls?: TlsFiles): Promise<Server | SecureServer> {
  const options: ServerOptions = {
    headersTimeout: patience,
    requestTimeout: patience,
    // How often Node looks. A client that is slow gets a fraction more, not half a minute.
    connectionsCheckingInterval: Math.ceil(patience / 8),
  }
  if (tls === undefined) return createServer(options)
  const [cert, key] = await Promise.all([readFile(tls.cert), readFile(tls.key)])
  try {
    // The handshake of TLS comes before all that the server itself would look at.
    return createSecureServer({ ...options, handshakeTimeout: patience, cert, key })
  } catch (error) {
    throw unusableTls(tls, error)
  }
}

function startListening(server: Server | SecureServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // Left in place: a later error means that one connection could not be accepted, when the process
    // has no file left for it, and an error that nobody listens for would end the process.
    server.on('error', (error: Error & { code?: string }) => {
      const isTaken = error.code === 'EADDRINUSE'
      const why = isTaken ? 'the port is in use. Choose another one' : error.message
      reject(new Error(`Cannot listen on ${host}:${port}: ${why}.`, { cause: error }))
    })
    server.listen(port, host, resolve)
  })
}
