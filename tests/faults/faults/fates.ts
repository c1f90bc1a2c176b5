import { expect } from 'vitest'

/** What both ends say of the messages of one client, which are numbered from 1. */
export interface Account {
  readonly name: string
  /** The number of the last one that was sent. */
  readonly sent: number
  /** Those that the client has told to be uncertain. */
  readonly uncertain: readonly number[]
  /** Those that came, in order, for each connection of the client. */
  readonly received: readonly (readonly number[])[]
}

/** How many messages went which way. */
export interface Fates {
  readonly sent: number
  readonly received: number
  readonly uncertain: number
  /** Uncertain ones that have arrived nevertheless. */
  readonly arrived: number
}

/**
 * Holds what a client promises of its messages: each arrives once or never, in order on each connection,
 * and one that does not arrive has been told to be uncertain.
 */
export function settle({ name, sent, uncertain, received }: Account): Fates {
  const all = received.flat()
  const arrived = new Set(all)
  const told = new Set(uncertain)
  const broken = {
    twice: all.length - arrived.size,
    toldTwice: uncertain.length - told.size,
    lost: numbers(sent).filter((number) => !arrived.has(number) && !told.has(number)),
    neverSent: [...arrived, ...told].filter((number) => !(number >= 1 && number <= sent)),
    outOfOrder: received.filter((one) => one.some((number, i) => number < (one[i - 1] ?? 0))),
  }
  expect(broken, name).toEqual({
    twice: 0,
    toldTwice: 0,
    lost: [],
    neverSent: [],
    outOfOrder: [],
  })
  return {
    sent,
    received: arrived.size,
    uncertain: told.size,
    arrived: uncertain.filter((number) => arrived.has(number)).length,
  }
}

function numbers(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}
