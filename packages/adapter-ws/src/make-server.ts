import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import {
  createSecureServer as createHttp2Server,
  type Http2SecureServer,
  type ServerHttp2Session,
} from 'node:http2'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import { clearTimeout, setTimeout } from 'node:timers'
import { type TlsFiles, unusableTls } from '@wirebeat/core/adapter'

/**
 * Makes a server of HTTP/1.1.
 *
 * @param patience milliseconds within which a request must have arrived
 */
export async function makeServer(patience: number, tls?: TlsFiles): Promise<Server | SecureServer> {
  const options = requestTimeouts(patience)
  if (tls === undefined) return createServer(options)
  const files = await readTls(tls)
  // The TLS handshake has a timeout of its own.
  return usingTls(tls, () =>
    createSecureServer({ ...options, handshakeTimeout: patience, ...files }),
  )
}

/** Fields of a request. Node resets the stream of one with more; core says what is wrong, above 500. */
const MAX_FIELDS = 2_000

/** Makes a server that speaks HTTP/1.1 with those who do not speak HTTP/2. */
export async function makeHttp2Server(patience: number, tls: TlsFiles): Promise<Http2SecureServer> {
  const files = await readTls(tls)
  const server = usingTls(tls, () =>
    createHttp2Server({
      ...files,
      allowHTTP1: true,
      settings: { enableConnectProtocol: true },
      maxHeaderListPairs: MAX_FIELDS,
      handshakeTimeout: patience,
    }),
  )
  // For HTTP/1.1. Node does not take them as options here.
  Object.assign(server, requestTimeouts(patience))
  server.on('session', (session) => endWhenIdle(session, patience))
  return server
}

/** Node itself would wait for ever, also for the rest of a request. */
function endWhenIdle(session: ServerHttp2Session, patience: number): void {
  let open = 0
  session.on('stream', (stream) => {
    open++
    stream.once('close', () => open--)
  })
  session.setTimeout(patience, () => {
    if (open > 0) return
    session.close()
    // Which waits for ever for the rest of a frame, or of the fields of a request.
    const timer = setTimeout(() => {
      if (open === 0) session.destroy()
    }, patience)
    session.once('close', () => clearTimeout(timer))
  })
}

function requestTimeouts(patience: number) {
  return {
    headersTimeout: patience,
    requestTimeout: patience,
    // How often Node checks the timeouts. The default is half a minute.
    connectionsCheckingInterval: Math.ceil(patience / 8),
  }
}

async function readTls(tls: TlsFiles): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  const [cert, key] = await Promise.all([readFile(tls.cert), readFile(tls.key)])
  return { cert, key }
}

function usingTls<Made>(tls: TlsFiles, make: () => Made): Made {
  try {
    return make()
  } catch (error) {
    throw unusableTls(tls, error)
  }
}
