import { ManualClock } from '@wirebeat/core/testing'
import { describe, expect, test } from 'vitest'
import { ReceivedStreams } from '../../src/relay/received-streams.ts'

/** Streams that one receives, and the arrival of the publication with a number of a stream that began at a moment. */
function received() {
  const clock = new ManualClock()
  const streams = new ReceivedStreams(clock)
  clock.advance(1_000)
  return {
    clock,
    streams,
    /** Returns what is missing before it. */
    arrive(run: string, first: number, begun: number, stream = 1): number | undefined {
      const place = { stream, age: clock.now() - begun, first }
      const publications = [{ variants: [], except: [] }]
      return streams.arrived(run, { kind: 'publications', ...place, publications }).missing
    },
  }
}

describe('a stream of a server that was taken for gone', () => {
  test('goes on where it was', () => {
    const { clock, streams, arrive } = received()
    const begun = clock.now()
    arrive('a', 1, begun)
    clock.advance(1)
    expect(streams.gone('a')).toBe(true)
    expect(arrive('a', 2, begun)).toBe(0)
    expect(streams.gone('a')).toBe(true)
    expect(arrive('a', 5, begun)).toBe(2)
  })

  test('may have ended with something that did not arrive', () => {
    const { clock, streams, arrive } = received()
    arrive('a', 1, clock.now())
    streams.gone('a')
    clock.advance(60_000)
    expect(arrive('a', 1, clock.now(), 2)).toBeUndefined()
  })

  test('is forgotten after ten minutes, and nobody claims to know then how much of it is missing', () => {
    const { clock, streams, arrive } = received()
    const begun = clock.now()
    for (const run of ['a', 'b', 'c']) arrive(run, 1, begun)
    streams.gone('a')
    streams.gone('b')
    clock.advance(5_000)
    arrive('b', 2, begun)
    clock.advance(600_000)
    expect(streams.gone('c')).toBe(true)
    expect(streams.gone('a')).toBe(false)
    // It is there.
    expect(arrive('b', 3, begun)).toBe(0)
    expect(arrive('a', 9, begun)).toBeUndefined()
    clock.advance(1_000)
    expect(arrive('d', 9, clock.now())).toBe(8)
  })
})

test('of more servers than are kept, nobody claims to know how much is missing', () => {
  const { clock, arrive } = received()
  const begun = clock.now()
  clock.advance(1)
  for (let run = 0; run <= 1_024; run++) expect(arrive(`${run}`, 1, begun)).toBe(0)
  expect(arrive('0', 2, begun)).toBeUndefined()
  expect(arrive('1024', 2, begun)).toBe(0)
})
