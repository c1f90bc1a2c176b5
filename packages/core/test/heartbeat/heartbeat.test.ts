import { describe, expect, test } from 'vitest'
import { heartbeatTolerance } from '../../src/heartbeat/heartbeat.ts'
import {
  lifetime,
  type Peer,
  STEP,
  setUp,
  TIMEOUT,
  TOLERANCE,
  X,
} from '../support/heartbeat-peer.ts'

describe('the tolerance', () => {
  test.each([
    [10, 50],
    [400, 50],
    [401, 401 / 8],
    [120_000, 15_000],
  ])('for an interval of %i ms is %d ms', (interval, tolerance) => {
    expect(heartbeatTolerance(interval)).toBe(tolerance)
  })
})

describe('a silent member', () => {
  test('is ended once, and not pinged any more', () => {
    const { clock, join } = setUp()
    const peer = join()
    clock.advance(TIMEOUT + TOLERANCE)
    const pings = peer.pingedAt.length
    clock.advance(10 * X)
    expect(peer.expiredAt).toHaveLength(1)
    expect(peer.pingedAt).toHaveLength(pings)
  })
})

describe('a member that falls silent', () => {
  test('is ended no earlier than the timeout and no later than the tolerance beyond it, to the millisecond', () => {
    // When in a turn of the wheel it falls silent decides how late it is: all moments of the tolerance.
    for (let moment = 0; moment < TOLERANCE; moment++) {
      const { clock, join } = setUp()
      const speaker = join()
      clock.advance(moment)
      const newcomer = join()
      speaker.touch()
      clock.advance(TIMEOUT + TOLERANCE)
      for (const peer of [speaker, newcomer]) {
        expect(lifetime(peer)).toBeGreaterThanOrEqual(TIMEOUT)
        expect(lifetime(peer)).toBeLessThanOrEqual(TIMEOUT + TOLERANCE)
      }
    }
  })
})

describe('the pings', () => {
  test('of a member come once in every interval', () => {
    const { clock, join } = setUp()
    const peer = join()
    for (let i = 0; i < 20; i++) {
      clock.advance(X)
      peer.touch()
    }
    const [first = Number.NaN] = peer.pingedAt
    const deviations = peer.pingedAt.map((at, index) => Math.abs(at - first - index * X))
    expect(peer.pingedAt.length).toBeGreaterThanOrEqual(19)
    expect(peer.pingedAt.length).toBeLessThanOrEqual(21)
    expect(Math.max(...deviations)).toBeLessThanOrEqual(STEP)
  })

  test('of 1,000 members that open together are spread over the interval', () => {
    const { clock, joinMany } = setUp()
    const start = clock.time
    const peers = joinMany(1_000)
    clock.advance(X + STEP)
    const parts = new Array<number>(40).fill(0)
    for (const peer of peers) {
      const part = Math.floor((((peer.pingedAt[0] ?? Number.NaN) - start) / (X + STEP)) * 40)
      parts[part] = (parts[part] ?? 0) + 1
    }
    expect(parts.reduce((sum, part) => sum + part)).toBe(1_000)
    expect(Math.max(...parts)).toBeLessThanOrEqual(3 * (1_000 / 40))
  })

  test('of members that open one after the other come together, in groups of 256 at most', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(20_000)
    clock.advance(X + STEP)
    const groups = [0]
    for (const [i, peer] of peers.entries()) {
      if (peer.pingedAt[0] !== peers[i - 1]?.pingedAt[0]) groups.push(0)
      groups.push((groups.pop() ?? 0) + 1)
    }
    expect(Math.max(...groups)).toBe(256)
  })

  test('stay spread after a jump of the clock', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(1_000)
    clock.jump(10 * X + X / 2)
    for (const peer of peers) peer.touch()
    const start = clock.time
    clock.advance(X)
    const moments = new Set(
      peers.flatMap((peer) => peer.pingedAt.filter((at) => at > start)).map((at) => at - start),
    )
    expect(moments.size).toBeGreaterThanOrEqual(40)
  })

  test('are not changed by signs of life', () => {
    const { clock, join } = setUp()
    const silent = join()
    const other = setUp()
    const busy = other.join()
    for (let i = 0; i < 190; i++) {
      clock.advance(10)
      other.clock.advance(10)
      busy.touch()
    }
    expect(busy.pingedAt).toEqual(silent.pingedAt)
  })
})

describe('a sign of life', () => {
  test('sets no timer, and reads the clock once in a hundred times', () => {
    const { clock, join } = setUp()
    const peer = join()
    const { reads, timersSet } = clock
    for (let i = 0; i < 1_000; i++) peer.touch()
    expect(clock.reads - reads).toBeLessThanOrEqual(10)
    expect(clock.timersSet).toBe(timersSet)
  })

  test('of a member that was removed does nothing', () => {
    const { clock, join } = setUp()
    const peer = join()
    peer.remove()
    clock.stall(X)
    for (let i = 0; i < 1_000; i++) peer.touch()
    expect(clock.pending).toBe(0)
    clock.advance(10 * X)
    expect(peer.expiredAt).toEqual([])
  })

  test('that comes in a turn which takes long counts from then', () => {
    const { clock, join } = setUp()
    const peers = [join(), join()]
    // Both are looked at in one late turn, and the first of them is slow.
    for (const peer of peers) {
      peer.onPing = () => {
        clock.stall(X / 2)
        for (const other of peers) if (other !== peer) other.touch()
      }
    }
    clock.stall(0.9 * X)
    clock.catchUp()
    for (const peer of peers) peer.onPing = () => {}
    clock.advance(2 * (TIMEOUT + TOLERANCE))
    for (const peer of peers) expect(lifetime(peer)).toBeGreaterThanOrEqual(TIMEOUT)
  })

  test('that comes while another member is being ended counts from then', () => {
    const { clock, join } = setUp()
    // Both are due in one and the same step.
    const [first, second] = [join(), join()]
    const touchOther = (other: Peer) => () => {
      if (!other.isDead) other.touch()
    }
    first.onExpire = touchOther(second)
    second.onExpire = touchOther(first)
    clock.advance(2 * (TIMEOUT + TOLERANCE))
    const survivor = first.spokeAt > second.spokeAt ? first : second
    expect(lifetime(survivor)).toBeGreaterThanOrEqual(TIMEOUT)
  })
})

describe('members that come and go', () => {
  test('may be removed twice', () => {
    const { clock, join } = setUp()
    const [first] = [join(), join()]
    first.remove()
    first.remove()
    expect(clock.pending).toBe(1)
  })

  test('may be removed after they were ended', () => {
    const { clock, join } = setUp()
    const first = join()
    clock.advance(TIMEOUT + TOLERANCE)
    join()
    first.remove()
    expect(clock.pending).toBe(1)
  })

  test('are neither pinged nor ended once they were removed', () => {
    const { clock, join } = setUp()
    const [removed] = [join(), join()]
    removed.remove()
    clock.advance(TIMEOUT + TOLERANCE)
    expect(removed.pingedAt).toEqual([])
    expect(removed.expiredAt).toEqual([])
  })

  test('may be removed while another one is being ended', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(100)
    for (const peer of peers) {
      peer.onExpire = () => {
        for (const other of peers) if (!other.isDead) other.remove()
      }
    }
    clock.advance(2 * TIMEOUT)
    expect(peers.filter((peer) => peer.isDead)).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  test('may be removed while another one is being pinged', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(100)
    for (const peer of peers) {
      peer.onPing = () => {
        for (const other of peers) if (other !== peer) other.remove()
      }
    }
    clock.advance(X)
    expect(peers.filter((peer) => peer.pingedAt.length > 0)).toHaveLength(1)
    expect(clock.pending).toBe(1)
  })

  test('may leave from within their own ping', () => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(100)
    for (const peer of peers) peer.onPing = () => peer.remove()
    clock.advance(2 * X)
    expect(clock.pending).toBe(0)
    expect(peers.every((peer) => peer.pingedAt.length === 1 && !peer.isDead)).toBe(true)
  })

  test('are watched from the start when they join while another one is being ended', () => {
    const { clock, join } = setUp()
    const first = join()
    join()
    let late: Peer | undefined
    first.onExpire = () => {
      late = join()
    }
    clock.advance(2 * (TIMEOUT + TOLERANCE))
    expect(late && lifetime(late)).toBeGreaterThanOrEqual(TIMEOUT)
    expect(late && lifetime(late)).toBeLessThanOrEqual(TIMEOUT + TOLERANCE)
  })

  test('are watched from the start when they take the place of the last one', () => {
    // Where a member joins decides in which step it is looked at first: try many.
    for (let before = 0; before < 100; before++) {
      const { clock, join, joinMany } = setUp()
      for (const other of joinMany(before)) other.remove()
      const last = join()
      let late: Peer | undefined
      last.onExpire = () => {
        late = join()
      }
      clock.advance(2 * (TIMEOUT + TOLERANCE))
      expect(late && lifetime(late)).toBeGreaterThanOrEqual(TIMEOUT)
      expect(late && lifetime(late)).toBeLessThanOrEqual(TIMEOUT + TOLERANCE)
    }
  })
})

describe('the timer', () => {
  test('is not set before there is a member', () => {
    const { clock } = setUp()
    expect(clock.pending).toBe(0)
  })

  test('is one, however many members there are', () => {
    const { clock, joinMany } = setUp()
    joinMany(100)
    clock.advance(X)
    expect(clock.pending).toBe(1)
  })

  test('starts again with the next member, however long that takes', () => {
    const { clock, join } = setUp()
    join().remove()
    clock.advance(1_000 * X)
    const peer = join()
    clock.advance(TIMEOUT + TOLERANCE)
    expect(lifetime(peer)).toBeGreaterThanOrEqual(TIMEOUT)
    expect(peer.pingedAt).toHaveLength(2)
  })

  test('goes on after a member has thrown', () => {
    const { clock, join } = setUp()
    const thrower = join()
    thrower.onPing = () => {
      throw new Error('the socket is broken')
    }
    expect(() => clock.advance(X)).toThrow('the socket is broken')
    thrower.onPing = () => {}
    clock.advance(TIMEOUT + TOLERANCE)
    expect(lifetime(thrower)).toBeLessThanOrEqual(TIMEOUT + TOLERANCE)
  })

  test('lets nobody live longer because a neighbour has thrown', () => {
    const { clock, join } = setUp()
    const [first, thrower, last] = [join(), join(), join()]
    thrower.onExpire = () => {
      throw new Error('the socket is broken')
    }
    const end = clock.time + TIMEOUT + TOLERANCE
    expect(() => clock.advance(TIMEOUT + TOLERANCE)).toThrow('the socket is broken')
    clock.advance(end - clock.time)
    expect(first.isDead && last.isDead).toBe(true)
  })
})

describe('an excused member', () => {
  test('lives however long it is silent', () => {
    const { clock, join } = setUp()
    const peer = join()
    peer.isExcused = true
    clock.advance(20 * X)
    expect(peer.expiredAt).toEqual([])
  })

  test('is still pinged', () => {
    const { clock, join } = setUp()
    const peer = join()
    peer.isExcused = true
    clock.advance(20 * X)
    expect(peer.pingedAt.length).toBeGreaterThanOrEqual(19)
  })

  test('has the whole timeout left when the excuse ends', () => {
    const { clock, join } = setUp()
    const peer = join()
    peer.isExcused = true
    peer.isBacklogged = true
    clock.advance(5 * X)
    // Excused for the last time in a look that is a few slots ago at most.
    peer.isExcused = false
    clock.advance(TIMEOUT - TOLERANCE - STEP)
    expect(peer.expiredAt).toEqual([])
    clock.advance(2 * TOLERANCE + STEP)
    expect(peer.expiredAt).toHaveLength(1)
  })

  test('is looked at every two or three slots while it is backlogged', () => {
    const { clock, join } = setUp()
    const peer = join()
    peer.isExcused = true
    peer.isBacklogged = true
    clock.advance(2 * X)
    const before = peer.looks
    clock.advance(10 * X)
    expect(peer.looks - before).toBeGreaterThanOrEqual(200)
    expect(peer.looks - before).toBeLessThanOrEqual(330)
  })
})

describe('the price', () => {
  test('of a new member is nothing before its first ping', () => {
    const { clock, join } = setUp()
    const peer = join()
    while (peer.pingedAt.length === 0) {
      expect(peer.looks).toBe(0)
      clock.advance(STEP)
    }
  })

  test.each([1_000, 20_000])('of %i members is about one look each in an interval', (count) => {
    const { clock, joinMany } = setUp()
    const peers = joinMany(count)
    clock.advance(X)
    const before = peers.reduce((sum, peer) => sum + peer.looks, 0)
    for (let i = 0; i < 8; i++) {
      for (const peer of peers) peer.touch()
      clock.advance(X / 2)
    }
    const looks = peers.reduce((sum, peer) => sum + peer.looks, 0) - before
    expect(looks / count / 4).toBeGreaterThanOrEqual(0.9)
    expect(looks / count / 4).toBeLessThanOrEqual(3)
  })

  test('of a turn of the wheel does not depend on the number of members', () => {
    const few = setUp()
    const many = setUp()
    few.joinMany(10)
    many.joinMany(10_000)
    few.clock.advance(X)
    many.clock.advance(X)
    expect(many.clock.timersSet).toBe(few.clock.timersSet)
  })
})
