import { expect, test } from 'vitest'
import { sharedNow } from '../src/moment.ts'
import { Broadcaster } from '../src/servers/broadcaster.ts'

test('all messages of a turn are timed from the moment before the first of them', async () => {
  const before = sharedNow()
  const begun: number[] = []
  const broadcaster = await new Promise<Broadcaster>((resolve) => {
    const one: Broadcaster = new Broadcaster(() => {
      begun.push(sharedNow())
      // A message that takes a while, as one to ten thousand connections does.
      for (const from = sharedNow(); sharedNow() < from + 1; );
      if (begun.length === 4) resolve(one)
    })
    one.start({ size: 64, together: 4, perSecond: undefined })
  })
  const { first, times } = broadcaster.published()
  expect(first).toBe(0)
  expect(times).toHaveLength(4)
  expect(new Set(times).size).toBe(1)
  expect(times[0]).toBeGreaterThanOrEqual(before)
  expect(times[0]).toBeLessThanOrEqual(begun[0] ?? 0)
})
