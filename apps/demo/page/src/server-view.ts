import { hex } from './bytes.ts'
import { inTenths, timeSpan } from './time-span.ts'

/** What the server knows of one connection of this page. Times in milliseconds until now. */
export interface SeenConnection {
  readonly id: number
  /** By the clock of the server, to tell it from a connection with the same id before a restart. */
  readonly openedAt: number
  readonly openedAgo: number
  readonly end?: { readonly cause: string; readonly code: number; readonly endedAgo: number }
}

/** The name under which the server remembers this page's connections: 32 hex digits. */
export function makeToken(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16))).replaceAll(' ', '')
}

/** How long the server may take to answer, in milliseconds. */
const PATIENCE = 3_000

/**
 * Asks the server what it knows of this page's connections; the oldest comes first.
 *
 * @throws Error (the promise rejects) when it does not answer.
 */
export async function fetchServerView(token: string): Promise<readonly SeenConnection[]> {
  const signal = AbortSignal.timeout(PATIENCE)
  const response = await fetch(`/connections.json?view=${token}`, { signal })
  if (!response.ok) throw new Error(`The server answered ${response.status}`)
  // The page comes from the same build of the same server.
  return (await response.json()) as SeenConnection[]
}

/**
 * The present connection in a few words.
 *
 * @param since milliseconds since the server was asked
 */
export function presentWords(seen: readonly SeenConnection[], since: number): string {
  const open = seen.filter(({ end }) => end === undefined)
  if (open.length === 0) return 'no connection'
  return open
    .map(({ id, openedAgo }) => `#${id} open for ${inTenths(openedAgo + since)}`)
    .join(', ')
}

/** The end of a connection in a few words; `undefined` while it has not ended. */
export function endWords({ id, openedAgo, end }: SeenConnection): string | undefined {
  if (end === undefined) return undefined
  return `#${id} ended, cause ${end.cause}, after ${timeSpan(openedAgo - end.endedAgo)}`
}
