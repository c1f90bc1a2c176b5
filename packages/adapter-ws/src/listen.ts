import type { Server } from 'node:http'
import type { Http2SecureServer, Http2Session } from 'node:http2'
import type { Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Endpoint } from '@wirebeat/core'
import {
  cannotListen,
  checkFlag,
  checkListenOptions,
  deadlinesPassed,
  type Listening,
  type ListenOptions,
  type ResolvedListenOptions,
  serve,
  type TlsFiles,
  wrongValue,
} from '@wirebeat/core/adapter'
import { attach, endpointsOf, tellTaken } from './attach.ts'
import { missing } from './capabilities.ts'
import { makeHttp2Server, makeServer } from './make-server.ts'
import type { NodeServer } from './node-server.ts'
import { OpenOnes } from './open-ones.ts'

/** Options of `listen` for a server of HTTP/2. */
export interface Http2ListenOptions extends ListenOptions<Http2SecureServer> {
  /**
   * Takes WebSockets over HTTP/2 (RFC 8441) as well, and tells browsers so. Clients that know HTTP/1.1 only are
   * served as before.
   */
  readonly http2: true
  readonly tls: TlsFiles
}

/**
 * Makes a server of `node:http`, of `node:https` with `tls`, or of `node:http2` with `tls` and `http2`, for one
 * endpoint, and listens. Requests that neither the endpoint nor `configure` handles are answered with 404.
 *
 * @returns a promise that resolves when the server listens.
 * @throws OptionError (the promise rejects) for a wrong or unknown option, and for one of the endpoint that the runtime
 * cannot honour.
 * @throws Error when the port is in use, the machine does not have the address, or a file of `tls` cannot be
 * read or used. The message says which.
 * @throws TypeError for an endpoint that was not made by `createEndpoint`.
 */
export function listen(
  endpoint: Endpoint,
  options?: ListenOptions<Server | SecureServer>,
): Promise<Listening>
export function listen(endpoint: Endpoint, options: Http2ListenOptions): Promise<Listening>
export async function listen(
  endpoint: Endpoint,
  options: ListenOptions<Server | SecureServer> | Http2ListenOptions = {},
): Promise<Listening> {
  const { handshakeTimeout } = serve(endpoint, missing).options
  if (isForHttp2(options)) {
    const checked = checkListenOptions(options, missing, ['http2'])
    if (checked.tls === undefined) throw withoutTls()
    return start(await makeHttp2Server(handshakeTimeout, checked.tls), endpoint, checked)
  }
  const { tls, ...checked } = checkListenOptions(options, missing, ['http2'])
  return start(await makeServer(handshakeTimeout, tls), endpoint, checked)
}

/** @throws OptionError where `http2` is neither `true` nor `false`. */
function isForHttp2(options: object): options is Http2ListenOptions {
  // Plain JavaScript may pass anything, which is checked later.
  if (typeof options !== 'object' || options === null || !('http2' in options)) return false
  checkFlag('http2', options.http2)
  return options.http2 === true
}

function withoutTls(): Error {
  const advice = 'Browsers speak HTTP/2 over TLS only.'
  return wrongValue('http2', true, 'left out without tls', advice)
}

async function start<Host extends NodeServer>(
  server: Host,
  endpoint: Endpoint,
  { host, port, configure }: Omit<ResolvedListenOptions<Host>, 'tls'>,
): Promise<Listening> {
  attach(server, endpoint)
  const sockets = new OpenOnes<Duplex>(server, 'connection')
  const sessions = new OpenOnes<Http2Session>(server, 'session')
  // The endpoint ends its WebSockets itself.
  tellTaken(server, (socket) => sockets.forget(socket))
  await configure?.(server)
  await startListening(server, host, port)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      server.close()
      // Idle sockets of HTTP keep-alive would keep the process running, and so would idle sessions of HTTP/2.
      if ('closeIdleConnections' in server) server.closeIdleConnections()
      for (const session of sessions.all) session.close()
      // Node looks no more at those who have not sent a whole request.
      const over = deadlinesPassed(endpointsOf(server), (milliseconds) =>
        wait(milliseconds, undefined, { ref: false }),
      )
      over.then(() => {
        for (const socket of sockets.all) socket.destroy()
      })
    },
  }
}

function startListening(server: NodeServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    // The listener stays. A later error means that one connection could not be accepted, because the process
    // has no file descriptor left. Without a listener it would end the process.
    server.on('error', (error) => reject(cannotListen(host, port, error)))
    server.listen(port, host, resolve)
  })
}
