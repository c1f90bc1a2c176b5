import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { monotonic } from '../src/monotonic.ts'
import { Standstills } from '../src/standstills.ts'

test.runIf(process.platform === 'linux')(
  'a process that keeps itself busy stands still, and nothing is withheld from it but what it waits',
  async () => {
    const standstills = new Standstills()
    await delay(30)
    const from = monotonic()
    const before = process.cpuUsage()
    while (monotonic() - from < 200);
    const { user, system } = process.cpuUsage(before)
    await delay(30)
    const longest = standstills.all.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a))
    expect(longest.to - longest.from).toBeGreaterThan(199)
    const ran = (user + system) / 1_000
    // What Linux counts for a thread, it counts at its next tick.
    expect(longest.withheld).toBeLessThanOrEqual(longest.to - longest.from - ran + 20)
  },
)
