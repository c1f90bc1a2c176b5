import type { Connection } from '@wirebeat/core'
import { isConnection, wrongValue } from '@wirebeat/core/extension'

/** Who is left out of a publication: connections, and ids of connections. */
export type Excepted = Connection | string | Iterable<Connection | string>

/** Who is left out of a publication, as it was checked. */
export interface Exceptions {
  /** The ids among them, which may be those of connections of other servers. */
  readonly ids: readonly string[]
  has(connection: Connection): boolean
}

/** Nobody is left out. */
export const NOBODY: Exceptions = { ids: [], has: () => false }

/** @throws OptionError for a value of another type. */
export function exceptions(except: Excepted | undefined): Exceptions {
  if (except === undefined) return NOBODY
  if (isConnection(except)) return { ids: [], has: (connection) => connection === except }
  if (typeof except === 'string') return { ids: [except], has: ({ id }) => id === except }
  if (!isIterable(except)) throw wrongExcept('except', except)
  return among([...except])
}

function isIterable(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null
  return isObject && Symbol.iterator in value && typeof value[Symbol.iterator] === 'function'
}

function among(list: readonly (Connection | string)[]): Exceptions {
  const connections = new Set<Connection>()
  const ids = new Set<string>()
  list.forEach((one, index) => {
    if (typeof one === 'string') ids.add(one)
    else if (isConnection(one)) connections.add(one)
    else throw wrongExcept(`except[${index}]`, one)
  })
  if (ids.size === 0) return { ids: [], has: (connection) => connections.has(connection) }
  return {
    ids: [...ids],
    has: (connection) => connections.has(connection) || ids.has(connection.id),
  }
}

function wrongExcept(name: string, value: unknown): Error {
  return wrongValue(name, value, 'a connection, an id of a connection or a list of these')
}
