// A web standard that every runtime has; see clock.ts on why it is named here.
declare const crypto: { getRandomValues(array: Uint32Array): Uint32Array }

/** 64 random bits, the same for all connections of this process. */
let prefix: string | undefined

/**
 * The id of the connection with this number. Other servers, and a second copy of core, have another
 * prefix. The prefix is made on the first call, because some runtimes have no random bits before the first
 * request.
 */
export function connectionId(number: number): string {
  prefix ??= [...crypto.getRandomValues(new Uint32Array(2))]
    .map((bits) => bits.toString(36))
    .join('')
  return `${prefix}-${number.toString(36)}`
}

let latest = 0

/** A number that no other connection of this process has. */
export function nextConnectionNumber(): number {
  return ++latest
}
