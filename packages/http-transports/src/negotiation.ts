import type { Redirect } from './options.ts'
import { queryOf } from './query.ts'

/** The newest version of the negotiation. */
const NEWEST = 1

/**
 * The version that a client asks for, or what is wrong with it.
 *
 * @param oldest the oldest that is supported
 */
export function versionOf(url: string, oldest: number): number | { readonly error: string } {
  const given = queryOf(url).get('negotiateversion') ?? ['0']
  const text = given.join(',').trim()
  const version = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
  // An Int32 of .NET.
  if (!(version >= -(2 ** 31) && version < 2 ** 31)) {
    return { error: 'The client requested a non-integer protocol version.' }
  }
  if (version < oldest) {
    const error = `The client requested version '${version}', but the server does not support this version.`
    return { error }
  }
  return Math.min(version, NEWEST)
}

/** Whether a client asks for stateful reconnect. */
export function asksToReconnect(url: string): boolean {
  return queryOf(url).get('usestatefulreconnect')?.join(',').toLowerCase() === 'true'
}

/** A transport as it is offered, by the names of the protocol. */
export interface OfferedTransport {
  readonly transport: 'WebSockets' | 'ServerSentEvents' | 'LongPolling'
  readonly transferFormats: readonly ('Text' | 'Binary')[]
}

/** The body of the answer to a negotiation, with its members in the order of ASP.NET Core. */
export function negotiationBody(
  version: number,
  id: string,
  token: string,
  availableTransports: readonly OfferedTransport[],
  useStatefulReconnect: boolean,
): string {
  return JSON.stringify({
    // A client that has not asked for it takes it for an error.
    ...(useStatefulReconnect && { useStatefulReconnect }),
    negotiateVersion: version,
    connectionId: id,
    ...(version > 0 && { connectionToken: token }),
    availableTransports,
  })
}

/** The body of the answer that sends a client elsewhere. */
export function redirectBody({ url, accessToken }: Redirect): string {
  return JSON.stringify({ url, accessToken })
}
