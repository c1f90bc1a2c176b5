import { readFile } from 'node:fs/promises'
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
import { missing } from './capabilities.ts'
import { type BunOptions, type BunServer, loadEngine } from './engine.ts'

/**
 * Makes a server of `Bun.serve` for one endpoint, and listens. `configure` is called with its options, to add
 * `fetch`, `routes` or further endpoints. Requests that none of these handles are answered with 404.
 *
 * @returns a promise that resolves when the server listens.
 * @throws OptionError (the promise rejects) for a wrong or unknown option, and for one of the endpoint that Bun
 * cannot honour.
 * @throws Error when the runtime is not Bun, when the port is in use, the machine does not have the address, or a
 * file of `tls` cannot be read or used. The message says which.
 * @throws TypeError for an endpoint that was not made by `createEndpoint`.
 */
export async function listen(
  endpoint: Endpoint,
  options: ListenOptions<BunOptions> = {},
): Promise<Listening> {
  const { host, port, tls, configure } = checkListenOptions(options, missing)
  loadEngine()
  serve(endpoint, missing)
  const serveOptions: BunOptions = { hostname: host, port }
  if (tls !== undefined) serveOptions.tls = await readTls(tls)
  await configure?.(serveOptions)
  const server = start(attach(serveOptions, endpoint), tls, host, port)
  return {
    port: server.port ?? port,
    async close() {
      server.stop()
      const over = deadlinesPassed(endpointsOf(serveOptions), (milliseconds) =>
        wait(milliseconds, undefined, { ref: false }),
      )
      over.then(() => server.stop(true))
    },
  }
}

async function readTls({ cert, key }: TlsFiles): Promise<{ cert: string; key: string }> {
  const [certificate, privateKey] = await Promise.all([
    readFile(cert, 'utf8'),
    readFile(key, 'utf8'),
  ])
  return { cert: certificate, key: privateKey }
}

function start(
  options: BunOptions,
  tls: TlsFiles | undefined,
  host: string,
  port: number,
): BunServer {
  try {
    // Not in development, so that errors of the application are not shown to clients. Without it the engine
    // shares the port with any other process.
    return loadEngine().serve({ development: false, reusePort: false, ...options })
  } catch (error) {
    // The engine throws no other values.
    const failure = error as Error & { readonly code?: unknown }
    // Its errors from TLS have such codes, those from the system do not.
    const isTls = tls !== undefined && String(failure.code).startsWith('ERR_')
    throw isTls ? unusableTls(tls, failure) : cannotListen(host, port, failure)
  }
}
