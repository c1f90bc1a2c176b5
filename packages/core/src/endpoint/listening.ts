import { show } from '../runtime/show.ts'

/** The paths of a certificate and its key, in PEM format. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** Where a server that an adapter makes is to listen, and what else it is to serve. */
export interface ListenOptions<Host> {
  /** Default: `localhost`. */
  readonly host?: string
  /** 0, the default, lets the system pick a free one. */
  readonly port?: number
  /** With them the server speaks TLS. */
  readonly tls?: TlsFiles
  /** Called before the server listens, for request handlers or routes of your own. */
  readonly configure?: (host: Host) => void
}

/** A server that listens. */
export interface Listening {
  readonly port: number
  /** Accepts nothing more. Open connections stay; `endpoint.close()` ends them. */
  close(): Promise<void>
}

/** The files of `tls` were read, and cannot be used. */
export function unusableTls({ cert, key }: TlsFiles, cause: unknown): Error {
  const problem = `The files ${cert} and ${key} must be a certificate and its key in PEM format.`
  return new Error(problem, { cause })
}

/** A host cannot carry two endpoints for one path. */
export function duplicateEndpoint(host: 'server' | 'app', path: string | undefined): Error {
  const which = path === undefined ? 'without a path' : `for the path ${show(path)}`
  const problem = `This ${host} already has an endpoint ${which}.`
  return new Error(`${problem} Give each endpoint a path of its own.`)
}
