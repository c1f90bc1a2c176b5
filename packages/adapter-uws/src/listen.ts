import { access, constants } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { Endpoint } from '@wirebeat/core'
import {
  checkListenOptions,
  deadlinesPassed,
  type Listening,
  type ListenOptions,
  serve,
  type TlsFiles,
  unusableTls,
} from '@wirebeat/core/adapter'
import { answerTheRest, attach, endpointsOf } from './attach.ts'
import type { Engine, EngineApp } from './engine.ts'
import { loadEngine } from './load-engine.ts'

/** An option of the engine. Without it a second process could listen on the same port too. */
const EXCLUSIVE_PORT = 1

/**
 * Loads uWebSockets.js, makes an app for one endpoint, and listens. Requests that neither the endpoint nor
 * `configure` handles are answered with 404.
 *
 * @returns a promise that resolves when the app listens.
 * @throws EngineUnavailableError (the promise rejects) when uWebSockets.js cannot be loaded.
 * @throws OptionError for a wrong or unknown option.
 * @throws Error when the app cannot listen, or a file of `tls` cannot be read or used. The message says which.
 * @throws TypeError for an endpoint that was not made by `createEndpoint`.
 */
export async function listen(
  endpoint: Endpoint,
  options: ListenOptions<EngineApp> = {},
): Promise<Listening> {
  const { host, port, tls, configure } = checkListenOptions(options)
  const engine = await loadEngine()
  const app = attach(await makeApp(engine, tls), endpoint)
  answerTheRest(app, serve(endpoint).options.path)
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

function startListening(
  engine: Engine,
  app: EngineApp,
  host: string,
  port: number,
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    app.listen(host, port, EXCLUSIVE_PORT, (socket) => {
      // The engine gives no reason.
      if (!socket) {
        const why = 'the port is in use, or this machine does not have the address'
        const advice = 'End the program that listens on it, or choose another port or host.'
        reject(new Error(`Cannot listen on ${host}:${port}: ${why}. ${advice}`))
        return
      }
      let isListening = true
      resolve({
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
      })
    })
  })
}
