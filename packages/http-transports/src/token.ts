import { randomId } from './random-id.ts'

/** What a token says of the server that has its connection. */
export interface TokenParts {
  /** The `serverName`, by which proxies route. */
  readonly serverName: string
  /** The name by which other servers can ask it. `undefined` where they cannot. */
  readonly server: string | undefined
}

/**
 * Makes the secret by which a client names its connection.
 *
 * @param server the name by which other servers can ask this one; empty or `undefined` where they cannot
 */
export function makeToken(serverName: string | undefined, server: string | undefined): string {
  const names = [serverName, server].filter(Boolean)
  return [...names, randomId()].join('.')
}

const TOKEN = /^([\w-]{1,64})\.(?:([\w.:-]{1,128})\.)?[\w-]{22}$/

/** `undefined` for a token that names no server. */
export function partsOf(token: string): TokenParts | undefined {
  const [, serverName, server] = TOKEN.exec(token) ?? []
  return serverName === undefined ? undefined : { serverName, server }
}
