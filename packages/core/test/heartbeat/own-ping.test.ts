import { describe, expect, test } from 'vitest'
import { heartbeatTolerance } from '../../src/heartbeat/heartbeat.ts'
import { setUp, TOLERANCE, X } from '../support/one-connection.ts'

/** A ping is sent at most two slots of the wheel late. */
const LATE = heartbeatTolerance(X) / 4

describe('a session with a ping of its own', () => {
  /** One connection that sends the message `ping`, and speaks often enough to stay. */
  function pinging() {
    const at: number[] = []
    const world = setUp({
      session: {
        ping(connection) {
          at.push(world.clock.time)
          return connection.send('ping')
        },
      },
    })
    const start = world.clock.time
    const pass = (milliseconds: number): void => {
      for (let passed = 0; passed < milliseconds; passed += X / 20) {
        world.clock.advance(X / 20)
        world.transport.receive('here')
      }
    }
    return { ...world, at, start, pass }
  }

  test('sends it instead of ping frames, once for each X of silence', () => {
    const { transport, pass, at, endpoint } = pinging()
    pass(10 * X)
    expect(transport.calls.filter(({ name }) => name === 'ping')).toEqual([])
    expect(new Set(transport.sent)).toEqual(new Set(['ping']))
    for (const [i, time] of at.slice(1).entries()) {
      const gap = time - (at[i] ?? 0)
      expect(gap).toBeGreaterThanOrEqual(X - LATE)
      expect(gap).toBeLessThanOrEqual(X + LATE)
    }
    expect(at.length).toBeGreaterThanOrEqual(9)
    expect(endpoint.stats().pings).toMatchObject({ sent: 0, answered: 0 })
  })

  test('sends none while it sends anything else within X', () => {
    const { connection, pass, at } = pinging()
    pass(X / 2)
    at.length = 0
    for (let i = 0; i < 20; i++) {
      connection.send('news')
      pass(X / 2)
    }
    expect(at).toEqual([])
  })

  test('sends one X after the last message, not two', () => {
    const { connection, clock, pass, at } = pinging()
    pass(2.3 * X)
    at.length = 0
    connection.send('news')
    const sentAt = clock.time
    pass(1.5 * X)
    expect(at).toHaveLength(1)
    expect(at[0]).toBeGreaterThanOrEqual(sentAt + X - LATE)
    expect(at[0]).toBeLessThanOrEqual(sentAt + X + LATE)
  })

  test('does not look at the clock for a message that it sends', () => {
    const { connection, clock } = pinging()
    const { reads } = clock
    connection.send('news')
    expect(clock.reads).toBe(reads)
  })

  test('ends a client that says nothing as any other', () => {
    const { clock, events } = pinging()
    clock.advance(2 * X + TOLERANCE)
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })

  test('fails its own connection when the ping throws', () => {
    const boom = new Error('boom')
    const { clock, errors, transport } = setUp({
      session: {
        ping() {
          throw boom
        },
      },
    })
    clock.advance(X + LATE)
    expect(errors).toEqual([boom])
    expect(transport.closeFrame?.code).toBe(1011)
  })

  test('needs an interval', () => {
    expect(() => setUp({ keepAliveInterval: 0, session: { ping() {} } })).toThrow(
      'keepAliveInterval must be above 0 for a session that pings, as a hub does, got 0.',
    )
  })
})
