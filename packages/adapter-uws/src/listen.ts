import { access, constants } from 'node:fs/promises'
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
import { answerTheRest, bind, endpointsOf } from './attach.ts'
import { missing, missingBesideRoutes } from './capabilities.ts'
import type { Engine, EngineApp } from './engine.ts'
import { findPort } from './find-port.ts'
import { loadEngine } from './load-engine.ts'

/** An option of the engine. Without it a second process could listen on the same port too. */
const EXCLUSIVE_PORT = 1
/** How often another program may be faster to listen on a port that was free. */
const TRIES = 5

/**
 * Loads uWebSockets.js, makes an app for one endpoint, and listens. Requests that neither the endpoint nor
 * `configure` handles are answered with 404.
 *
 * @returns a promise that resolves when the app listens.
 * @throws EngineUnavailableError (the promise rejects) when uWebSockets.js cannot be loaded.
 * @throws OptionError for a wrong or unknown option, and for an endpoint that reads the PROXY protocol where there is
 * `configure` or `tls`.
 * @throws Error when the app cannot listen, or a file of `tls` cannot be read or used. The message says which.
 * @throws TypeError for an endpoint that was not made by `createEndpoint`.
 */
export async function listen(
  endpoint: Endpoint,
  options: ListenOptions<EngineApp> = {},
): Promise<Listening> {
  const { host, port, tls, configure } = checkListenOptions(options, missing)
  const engine = await loadEngine()
  // Without other routes and TLS a connection has one request, before which only the proxy can write.
  const isAlone = configure === undefined && tls === undefined
  const served = serve(endpoint, isAlone ? missing : missingBesideRoutes)
  const app = bind(await makeApp(engine, tls), served)
  answerTheRest(app, served.options.path)
  // Last, because the engine keeps only the later of two routes with the same pattern.
  await configure?.(app)
  return startListening(engine, app, host, port)
}

async function makeApp(engine: Engine, tls?: TlsFiles): Promise<EngineApp> {
  if (tls === undefined) return engine.App()
  // The engine does not say which file it cannot read.
  await Promise.all([access(tls.cert, constants.R_OK), access(tls.key, constants.R_OK)])
  try {
    return engine.SSLApp({ cert_file_name: tls.cert, key_file_name: tls.key })
  } catch (error) {
    throw unusableTls(tls, error)
  }
}

async function startListening(
  engine: Engine,
  app: EngineApp,
  host: string,
  port: number,
): Promise<Listening> {
  const socket = await openPort(app, host, port)
  let isListening = true
  return {
    port: engine.us_socket_local_port(socket),
    async close() {
      // The engine ends the process when it is asked to close a socket twice.
      if (!isListening) return
      isListening = false
      engine.us_listen_socket_close(socket)
      // Who goes on sending requests would keep the process.
      const over = deadlinesPassed(endpointsOf(app), (milliseconds) =>
        wait(milliseconds, undefined, { ref: false }),
      )
      over.then(() => app.close?.())
    },
  }
}

/**
 * Node's own server looks first: it says why nobody can listen, which the engine does not. It also picks a port
 * where any will do. With a port that the system picks for the engine itself, the next server on it would have
 * to wait until the system has forgotten the connections of this one (TIME_WAIT).
 */
async function openPort(app: EngineApp, host: string, port: number): Promise<unknown> {
  for (let tries = port === 0 ? TRIES : 1; tries > 0; tries--) {
    const free = await findPort(host, port).catch((error: Error) => {
      throw cannotListen(host, port, error)
    })
    const socket = await new Promise((resolve) => app.listen(host, free, EXCLUSIVE_PORT, resolve))
    if (socket) return socket
  }
  throw cannotListen(host, port, new Error('uWebSockets.js does not say why'))
}
