import type { Input } from './input.ts'
import type { Ledger } from './ledger.ts'
import type { ServerProcess } from './server-process.ts'

export interface PlayerContext {
  readonly server: ServerProcess
  readonly ledger: Ledger
}

/** Sends inputs, one after another, and looks at what becomes of each. */
export interface Player {
  /**
   * @returns what became of the input, in one word
   * @throws Error when that is not what it should be
   */
  play(input: Input): Promise<string>
  /** Ends what is left open. */
  leave(): void
  /** What was sent on the connection of the last input before it; for the search for a cause. */
  readonly before: Buffer
}
