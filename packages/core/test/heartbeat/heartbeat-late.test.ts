import { describe, expect, test } from 'vitest'
import { lifetime, STEP, setUp, TIMEOUT, TOLERANCE, X } from '../support/heartbeat-peer.ts'

describe('after a jump of the clock by more than an interval', () => {
  const JUMP = 10 * X

  test('nobody is ended at once', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(50)
    clock.advance(X / 2)
    clock.jump(JUMP)
    clock.advance(X - 1)
    expect(peers.filter((peer) => peer.isDead)).toHaveLength(0)
  })

  test('everybody is pinged right away', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(50)
    clock.advance(X / 2)
    clock.jump(JUMP)
    expect(peers.every((peer) => peer.pingedAt.includes(clock.time))).toBe(true)
  })

  test('those who stay silent are ended after one more interval', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(50)
    clock.advance(X / 2)
    clock.jump(JUMP)
    clock.advance(X + TOLERANCE)
    expect(peers.filter((peer) => !peer.isDead)).toHaveLength(0)
  })

  test('those who speak live on', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(50)
    clock.advance(X / 2)
    clock.jump(JUMP)
    clock.advance(X / 2)
    for (const peer of peers) peer.touch()
    clock.advance(TIMEOUT - 1)
    expect(peers.filter((peer) => peer.isDead)).toHaveLength(0)
    clock.advance(TOLERANCE + 1)
    expect(peers.filter((peer) => !peer.isDead)).toHaveLength(0)
  })

  test('signs of life that were read before the timer fired are kept', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(50)
    clock.stall(JUMP)
    for (const peer of peers) peer.touch()
    clock.catchUp()
    clock.advance(TIMEOUT - 1)
    expect(peers.filter((peer) => peer.isDead)).toHaveLength(0)
  })

  test('the grace comes again with the next jump', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(50)
    for (let i = 0; i < 5; i++) {
      clock.jump(JUMP + i * 7)
      clock.advance(X - 1)
    }
    expect(peers.filter((peer) => peer.isDead)).toHaveLength(0)
  })

  test.each([1, 2, 3, 5, 10, 20, 30, 50, 100, 1_000])(
    'of %i intervals, every member is still watched',
    (intervals) => {
      const { clock, joinMany } = setUp()
      const peers = joinMany(50)
      clock.advance(1.5 * X)
      for (const peer of peers) peer.touch()
      clock.jump(intervals * X + 1)
      clock.advance(TIMEOUT + TOLERANCE)
      expect(peers.every((peer) => peer.expiredAt.length === 1)).toBe(true)
    },
  )
})

describe('in a busy process', () => {
  test('a sign of life that was waiting to be read saves a member', () => {
    const { clock, join } = setUp()
    const peer = join()
    clock.advance(1.5 * X)
    clock.stall(0.9 * X)
    clock.catchUp()
    // The late timer comes first; the event loop reads the sockets right after.
    peer.touch()
    clock.advance(TIMEOUT - 1)
    expect(peer.expiredAt).toEqual([])
  })

  test('a member with nothing to be read is ended within one more step', () => {
    const { clock, join } = setUp()
    const peer = join()
    clock.advance(1.5 * X)
    clock.jump(0.9 * X)
    clock.advance(STEP)
    expect(peer.expiredAt).toHaveLength(1)
  })

  test('that comes to no timer, members are pinged and ended on time by what others say', () => {
    const { clock, join } = setUp()
    const silent = join()
    const busy = [join(), join()]
    const sayMuch = (): void => {
      for (let i = 0; i < 100; i++) for (const peer of busy) peer.touch()
    }
    for (let past = 0; past < TIMEOUT + TOLERANCE; past += STEP) {
      clock.stall(STEP)
      sayMuch()
      clock.read()
    }
    expect(silent.pingedAt).toHaveLength(2)
    expect(lifetime(silent)).toBeGreaterThanOrEqual(TIMEOUT)
    expect(lifetime(silent)).toBeLessThanOrEqual(TIMEOUT + TOLERANCE)
    expect(busy.every((peer) => !peer.isDead)).toBe(true)
  })

  test.each([0.2, 0.5, 0.55, 0.75, 0.95])(
    'a timer that is late by %d intervals keeps the wheel turning',
    (late) => {
      const { clock, joinMany } = setUp({ interval: X, timeout: X / 2 })
      const peers = joinMany(50)
      clock.advance(0.3 * X)
      for (const peer of peers) peer.touch()
      clock.jump(late * X)
      clock.advance(TIMEOUT + TOLERANCE)
      expect(peers.every((peer) => peer.expiredAt.length === 1)).toBe(true)
    },
  )
})

describe('while one member keeps the event loop busy', () => {
  const setUpBusy = () => {
    const { clock, join, joinMany } = setUp()
    const talker = join()
    const peers = joinMany(50)
    for (let past = 0; past < 3 * X; past += STEP) {
      clock.stall(STEP)
      // Enough to make the wheel turn.
      for (let i = 0; i < 200; i++) talker.touch()
    }
    clock.read()
    return { clock, peers }
  }

  test('for longer than an interval, the others have one more to answer', () => {
    const { clock, peers } = setUpBusy()
    clock.advance(X - 1)
    expect(peers.filter((peer) => peer.isDead)).toHaveLength(0)
  })

  test('for longer than an interval, those who are gone are ended once it is free', () => {
    const { clock, peers } = setUpBusy()
    clock.advance(X + TOLERANCE)
    expect(peers.filter((peer) => !peer.isDead)).toHaveLength(0)
  })
})

describe('a member that is asked late', () => {
  test('for the first time since it spoke has as long to answer as any other', () => {
    const { clock, join } = setUp()
    const peer = join()
    clock.advance(X)
    expect(peer.pingedAt).toHaveLength(1)
    peer.touch()
    // The turn in which it spoke ends.
    clock.advance(2 * STEP)
    // Until just before the next ping is due.
    clock.advance((peer.pingedAt[0] ?? 0) + X - 1 - clock.time)
    clock.jump(0.95 * X)
    expect(peer.pingedAt).toHaveLength(2)
    const askedAt = clock.time
    clock.advance(X - TOLERANCE)
    expect(clock.time - askedAt).toBeLessThan(X)
    expect(peer.isDead).toBe(false)
    clock.advance(X + 2 * TOLERANCE)
    expect(peer.isDead).toBe(true)
  })
})
