import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { heartbeatTolerance } from '../../src/heartbeat/heartbeat.ts'
import { lifetime, type Peer, setUp } from '../support/heartbeat-peer.ts'

type Event =
  | { readonly kind: 'join' }
  | { readonly kind: 'touch' | 'backlog' | 'remove'; readonly who: number }
  | { readonly kind: 'advance'; readonly intervals: number }
  | { readonly kind: 'stall'; readonly intervals: number; readonly speaks: readonly number[] }

const who = fc.nat({ max: 7 })
/** In fractions of the interval, so that what matters is met whatever the interval is. */
const share = (max: number) => fc.double({ min: 0, max, noNaN: true })

const punctualEvents: fc.Arbitrary<Event>[] = [
  fc.constant({ kind: 'join' as const }),
  fc.record({ kind: fc.constantFrom('touch', 'touch', 'backlog', 'remove'), who }),
  fc.record({ kind: fc.constant('advance' as const), intervals: share(1.5) }),
  fc.record({ kind: fc.constant('advance' as const), intervals: share(0.1) }),
]
const stalls = [
  fc.record({
    kind: fc.constant('stall' as const),
    intervals: fc.oneof(share(0.9), share(3), share(100)),
    speaks: fc.array(who, { maxLength: 3 }),
  }),
]

const options = fc
  .record({ interval: fc.integer({ min: 10, max: 100_000 }), factor: share(4) })
  .map(({ interval, factor }) => ({
    interval,
    timeout: Math.max(1, Math.round(interval * factor)),
  }))

/** Drives one heartbeat through all events, then leaves the peers to their silence. */
function play(setting: { interval: number; timeout: number }, events: readonly Event[]): Peer[] {
  const { clock, join } = setUp(setting)
  const peers = [join()]
  const pick = (index: number) => peers[index % peers.length]
  const speak = (index: number) => {
    const peer = pick(index)
    if (peer && !peer.isDead && !peer.removed) peer.touch()
  }
  for (const event of events) {
    switch (event.kind) {
      case 'join':
        peers.push(join())
        break
      case 'touch':
        speak(event.who)
        break
      case 'backlog':
        pick(event.who)?.toggleBacklog()
        break
      case 'remove': {
        const peer = pick(event.who)
        if (peer && !peer.isDead) peer.remove()
        break
      }
      case 'advance':
        clock.advance(Math.round(event.intervals * setting.interval))
        break
      case 'stall':
        clock.stall(Math.round(event.intervals * setting.interval))
        for (const index of event.speaks) speak(index)
        clock.catchUp()
        break
    }
  }
  clock.advance(setting.timeout + setting.interval + 2 * heartbeatTolerance(setting.interval))
  expect(clock.pending).toBe(0)
  return peers
}

describe('whatever happens', () => {
  const anything = fc.array(fc.oneof(...punctualEvents, ...stalls), { maxLength: 40 })
  const punctual = fc.array(fc.oneof(...punctualEvents), { maxLength: 40 })

  test('nobody is ended before the timeout, counted from the last true sign of life', () => {
    fc.assert(
      fc.property(options, anything, (setting, events) => {
        for (const peer of play(setting, events)) {
          if (peer.isDead) expect(lifetime(peer)).toBeGreaterThanOrEqual(setting.timeout)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('everybody who is not removed is ended, once; who is removed, never', () => {
    fc.assert(
      fc.property(options, anything, (setting, events) => {
        for (const peer of play(setting, events)) {
          expect(peer.expiredAt).toHaveLength(peer.removed ? 0 : 1)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('everybody is ended within the tolerance while timers are punctual', () => {
    fc.assert(
      fc.property(options, punctual, (setting, events) => {
        const latest = setting.timeout + heartbeatTolerance(setting.interval)
        for (const peer of play(setting, events)) {
          if (peer.isDead) expect(lifetime(peer)).toBeLessThanOrEqual(latest)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('nobody waits longer than an interval for a ping while timers are punctual', () => {
    fc.assert(
      fc.property(options, punctual, (setting, events) => {
        const longest = setting.interval + heartbeatTolerance(setting.interval) / 8 + 1
        for (const peer of play(setting, events)) {
          for (const [index, at] of peer.pingedAt.entries()) {
            const before = peer.pingedAt[index - 1] ?? at
            expect(at - before).toBeLessThanOrEqual(longest)
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})
