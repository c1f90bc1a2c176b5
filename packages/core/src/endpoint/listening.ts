import {
  checkFunction,
  checkInteger,
  checkNames,
  checkObject,
  wrongValue,
} from '../runtime/option-error.ts'
import type { MissingCapabilities } from './capabilities.ts'
import type { ServedEndpoint } from './served-endpoint.ts'

/** The paths of a certificate and its key, in PEM format. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** Options of an adapter's `listen`. */
export interface ListenOptions<Host> {
  /** The address to listen on. Default: `localhost`. */
  readonly host?: string
  /** The port, 0 to 65,535. 0 takes any free one. Default: 0. */
  readonly port?: number
  /** A certificate and its key. The server speaks TLS with them. Default: no TLS. */
  readonly tls?: TlsFiles
  /**
   * Called with the server before it listens, to add request handlers or routes. A promise is waited for. When
   * it throws, or its promise rejects, so does `listen`.
   */
  readonly configure?: (host: Host) => unknown
}

/** The options of `listen` with their defaults. */
export interface ResolvedListenOptions<Host> {
  readonly host: string
  readonly port: number
  readonly tls: TlsFiles | undefined
  readonly configure: ((host: Host) => unknown) | undefined
}

/**
 * Checks the options of `listen`, and fills in the defaults.
 *
 * @param missing what the engine cannot do
 * @param others the names of options that the adapter has beside these
 * @throws OptionError for a wrong value, an unknown option, or `tls` where the engine has none.
 */
export function checkListenOptions<Host>(
  options: ListenOptions<Host>,
  missing: MissingCapabilities,
  others: readonly string[] = [],
): ResolvedListenOptions<Host> {
  checkObject('The second argument of listen', options)
  const { host = 'localhost', port = 0, tls, configure } = options
  checkText('host', host, 'a name or an address of this machine')
  checkInteger('port', port, 0, 65_535)
  if (tls !== undefined) {
    if (missing.tls !== undefined) {
      throw wrongValue('tls', tls, 'left out on this engine', missing.tls.reason)
    }
    checkObject('tls', tls)
    checkText('tls.cert', tls.cert, 'the path of a file in PEM format')
    checkText('tls.key', tls.key, 'the path of a file in PEM format')
    checkNames(tls, ['cert', 'key'], 'tls.')
  }
  if (configure !== undefined) checkFunction('configure', configure)
  checkNames(options, ['host', 'port', 'tls', ...others, 'configure'])
  return { host, port, tls, configure }
}

function checkText(name: string, value: unknown, allowed: string): void {
  if (typeof value !== 'string' || value === '') throw wrongValue(name, value, allowed)
}

/** A server that listens. */
export interface Listening {
  /** The port that the server listens on. */
  readonly port: number
  /**
   * Stops listening. Open connections stay open. `endpoint.close()` closes those of the endpoint, before or
   * after this. What is left at its deadline is cut then: clients that have not sent a whole request, and
   * answers that are not finished.
   */
  close(): Promise<void>
}

/**
 * Resolves when all of the endpoints were closed, and their deadlines have passed. To be asked for when the server
 * is closed, since endpoints may be attached until then.
 *
 * @param wait waits for so many milliseconds, without keeping the process for that
 */
export async function deadlinesPassed(
  endpoints: readonly ServedEndpoint[],
  wait: (milliseconds: number) => Promise<unknown>,
): Promise<void> {
  await Promise.all(endpoints.map(async ({ closing }) => wait(await closing)))
}

/** The error for a certificate and a key that were read and cannot be used. */
export function unusableTls({ cert, key }: TlsFiles, cause: unknown): Error {
  const problem = `The files ${cert} and ${key} must be a certificate and its key in PEM format.`
  return new Error(problem, { cause })
}

/** Why a server cannot listen and what to do, by the code of the system's error. */
const WHY: ReadonlyMap<unknown, string> = new Map([
  [
    'EADDRINUSE',
    'the port is in use (EADDRINUSE). End the program that listens on it, or choose another port.',
  ],
  [
    'EADDRNOTAVAIL',
    'this machine does not have the address (EADDRNOTAVAIL). Choose one that it has as host.',
  ],
])

/** The error for a server that cannot listen, from that of its engine. */
export function cannotListen(
  host: string,
  port: number,
  error: Error & { readonly code?: unknown },
): Error {
  const why = WHY.get(error.code) ?? `${error.message}.`
  return new Error(`Cannot listen on ${host}:${port}: ${why}`, { cause: error })
}
