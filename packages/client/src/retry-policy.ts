import type { Loss } from './status.ts'

/** The close codes after which another attempt can help. */
const TRANSIENT: readonly number[] = [1001, 1005, 1006, 1011, 1012, 1013, 1014]

/**
 * The default of the option `shouldReconnect`: whether to connect again, by close code (RFC 6455, section 7.4.1,
 * and the IANA registry of close codes). Returns `true` for 1001, 1005, 1006, 1011, 1012, 1013 and 1014. The
 * README says why. The socket ends after any other code.
 */
export function shouldReconnect({ code }: Pick<Loss, 'code'>): boolean {
  return TRANSIENT.includes(code)
}
