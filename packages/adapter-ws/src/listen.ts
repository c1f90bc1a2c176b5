import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { ServableEndpoint } from '@wirebeat/core/adapter'
import { attach } from './attach.ts'

/** Where to listen, and what else to serve there. */
export interface ListenOptions {
  /** Default: `localhost`. */
  readonly host?: string
  /** 0, the default, lets the system pick a free one. */
  readonly port?: number
  /** Files in PEM format; with them the server speaks TLS. */
  readonly tls?: TlsFiles
  /** Called with the server before it listens, for request handlers of your own. */
  readonly configure?: (server: Server | SecureServer) => void
}

/** The paths of a certificate and its key. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** A server that listens. */
export interface Listening {
  readonly port: number
  /** Accepts nothing more. Open connections stay; `endpoint.close()` ends them. */
  close(): Promise<void>
}

/**
 * Makes a server that serves one endpoint, and listens. What is nobody's gets 404.
 *
 * @throws Error when the port is taken, the address is not this machine's, or a file of `tls` cannot
 * be read. The message says which.
 */
export async function listen(
  endpoint: ServableEndpoint,
  { host = 'localhost', port = 0, tls, configure }: ListenOptions = {},
): Promise<Listening> {
  const server = attach(await makeServer(tls), endpoint)
  configure?.(server)
  server.headersTimeout = endpoint.options.handshakeTimeout
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

async function makeServer(tls?: TlsFiles): Promise<Server | SecureServer> {
  if (tls === undefined) return createServer()
  const [cert, key] = await Promise.all([readFile(tls.cert), readFile(tls.key)])
  try {
    return createSecureServer({ cert, key })
  } catch (error) {
    throw new Error(`${tls.cert} and ${tls.key} are no certificate and its key in PEM format`, {
      cause: error,
    })
  }
}

function startListening(server: Server | SecureServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: Error & { code?: string }) => {
      const isTaken = error.code === 'EADDRINUSE'
      const why = isTaken ? 'the port is in use' : error.message
      reject(new Error(`cannot listen on ${host}:${port}: ${why}`, { cause: error }))
    })
    server.listen(port, host, resolve)
  })
}
