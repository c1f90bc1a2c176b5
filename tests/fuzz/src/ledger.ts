import type { End } from './frame-oracle.ts'
import type { Input } from './input.ts'
import type { ToldEnd } from './protocol.ts'

/** Something that is not as it should be. */
export interface Complaint {
  readonly what: string
  /** What it was seen with, where that is known. */
  readonly input?: Input
  /** What was sent on the same connection before that. */
  readonly before?: Buffer
}

interface Expected {
  /** Nothing where the end may be any. */
  readonly ends: readonly End[] | undefined
  readonly input: Input
}

/** What the server must tell of the connections that clients had. */
export class Ledger {
  readonly #expected = new Map<number, Expected>()
  #lastId = 0
  /** Connections that must have opened. */
  opened = 0
  /** Those that may have. */
  doubtful = 0

  /** A number for the next connection. */
  nextId(): number {
    return ++this.#lastId
  }

  /** @param ends how the connection may end; any way where it is not given */
  expect(id: number, input: Input, ends?: readonly End[]): void {
    this.#expected.set(id, { ends, input })
  }

  /** Whether all ends that are owed were told. */
  get isSettled(): boolean {
    return this.#expected.size === 0
  }

  /** Takes what the server tells, each end once. */
  check(told: readonly ToldEnd[]): Complaint | undefined {
    for (const { id, cause, code } of told) {
      const expected = this.#expected.get(id)
      if (expected === undefined) return { what: `the end of connection ${id} was told twice` }
      this.#expected.delete(id)
      const { ends, input } = expected
      if (ends === undefined || ends.some((end) => end.cause === cause && end.code === code))
        continue
      const wanted = ends.map((end) => `${end.cause} ${end.code}`).join(' or ')
      return { what: `the session was told ${cause} ${code}, expected ${wanted}`, input }
    }
    return undefined
  }
}
