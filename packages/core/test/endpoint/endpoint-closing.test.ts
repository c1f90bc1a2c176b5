import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../../src/endpoint/endpoint.ts'
import { serve } from '../../src/endpoint/serve.ts'
import { allow } from '../../src/handshake/authorize.ts'
import type { Claim } from '../../src/http/claim.ts'
import { OptionError } from '../../src/runtime/option-error.ts'
import { admit, connect, refusalOf } from '../support/connect.ts'
import { FakeTransport } from '../support/fake-transport.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { pend, refusalsOf, setUp } from '../support/one-endpoint.ts'

/** Has `authorize` admit a request, on an engine that carries that out later. */
async function admitLater(endpoint: Endpoint) {
  const outcomes: string[] = []
  const carryOut = await new Promise<() => void>((resolve) => {
    serve(endpoint).upgrade(handshakeRequest({ url: '/ws' }), {
      refuse: ({ reason }) => outcomes.push(reason),
      accept: () => outcomes.push('accepted'),
      wait() {},
      later: resolve,
    })
  })
  return { carryOut, outcomes }
}

describe('close', () => {
  test('of an endpoint without connections resolves at once', async () => {
    const { endpoint, clock } = setUp()
    expect(await endpoint.close()).toEqual({ total: 0, clean: 0, terminated: 0, causes: {} })
    expect(clock.pending).toBe(0)
  })

  test('tells adapters how long the deadline is', async () => {
    const { endpoint, clock } = setUp({ closeTimeout: 60_000 })
    const served = serve(endpoint)
    const { closing } = served
    connect(endpoint)
    expect(served.isClosed).toBe(false)
    endpoint.close({ deadline: 700 })
    expect(served.isClosed).toBe(true)
    expect(await closing).toBe(700)
    clock.advance(500)
    expect(await served.closing).toBe(200)
    clock.advance(500)
    expect(await served.closing).toBe(0)
  })

  test('sends 1001 evenly over the time that it is to be spread over', async () => {
    const { clock, endpoint } = setUp()
    const transports = [connect(endpoint), connect(endpoint), connect(endpoint), connect(endpoint)]
    const left = () => transports.filter(({ closeFrame }) => closeFrame?.code === 1001).length
    endpoint.close({ deadline: 5_000, spread: 1_000 })
    const seen = [left()]
    for (let i = 0; i < 4; i++) {
      clock.advance(250)
      seen.push(left())
    }
    expect(seen).toEqual([0, 1, 2, 3, 4])
  })

  test('lets the session send a last message before each close frame', () => {
    const { clock, endpoint } = setUp({
      session: { shutdown: (connection) => connection.send('come back') },
    })
    const transports = [connect(endpoint), connect(endpoint)]
    endpoint.close({ deadline: 5_000, spread: 1_000 })
    const said = () => transports.map(({ sent }) => sent)
    clock.advance(250)
    expect(said()).toEqual([['come back'], []])
    clock.advance(500)
    expect(said()).toEqual([['come back'], ['come back']])
    expect(transports.map(({ closeFrame }) => closeFrame?.code)).toEqual([1001, 1001])
  })

  test('asks no session for a last message whose connection is closing already', () => {
    const told: string[] = []
    const { endpoint } = setUp({ session: { shutdown: () => told.push('shutdown') } })
    connect(endpoint)
    for (const connection of endpoint.connections) connection.close(4_000)
    endpoint.close({ deadline: 0 })
    expect(told).toEqual([])
  })

  test('sends a single connection away in the middle of the spread', () => {
    const { clock, endpoint } = setUp()
    const transport = connect(endpoint)
    endpoint.close({ deadline: 5_000, spread: 1_000 })
    clock.advance(499)
    expect(transport.closeFrame).toBeUndefined()
    clock.advance(1)
    expect(transport.closeFrame?.code).toBe(1001)
  })

  test('sends 1001 to everybody', () => {
    const { endpoint } = setUp()
    const transports = [connect(endpoint), connect(endpoint)]
    endpoint.close()
    expect(transports.map((one) => one.closeFrame)).toEqual([
      { code: 1001, reason: '' },
      { code: 1001, reason: '' },
    ])
  })

  test('resolves with a report that adds up', async () => {
    const { endpoint, clock } = setUp({ closeTimeout: 60_000 })
    const transports = Array.from({ length: 5 }, () => connect(endpoint))
    const [clean, lost, broken, own] = transports
    // Two have begun to close for reasons of their own.
    broken?.closing('protocol-error')
    const connection = [...endpoint.connections][3]
    connection?.close(4001)
    const report = endpoint.close({ deadline: 1_000 })
    clean?.end('client', 1001)
    lost?.end('lost')
    broken?.end('lost')
    own?.end('client', 4001)
    clock.advance(1_000)
    expect(await report).toEqual({
      total: 5,
      clean: 2,
      terminated: 1,
      causes: { shutdown: 3, server: 1, 'protocol-error': 1 },
    })
  })

  test('waits until the last connection has ended', async () => {
    const { endpoint } = setUp()
    const transport = connect(endpoint)
    let isDone = false
    const report = endpoint.close().then(() => {
      isDone = true
    })
    await nextTurn()
    expect(isDone).toBe(false)
    transport.end('client', 1001)
    await report
    expect(isDone).toBe(true)
  })

  test('terminates at the deadline those who are still there, and no sooner', async () => {
    const { endpoint, clock } = setUp({ closeTimeout: 60_000 })
    const transport = connect(endpoint)
    const report = endpoint.close({ deadline: 700 })
    clock.advance(699)
    expect(transport.callNames).toEqual(['close'])
    clock.advance(1)
    expect(transport.callNames).toEqual(['close', 'terminate'])
    expect(await report).toMatchObject({ terminated: 1, causes: { shutdown: 1 } })
  })

  test('has a deadline of 5 s where none is given', async () => {
    const { endpoint, clock } = setUp({ closeTimeout: 60_000 })
    const transport = connect(endpoint)
    endpoint.close()
    clock.advance(4_999)
    expect(transport.isOver).toBe(false)
    clock.advance(1)
    expect(transport.isOver).toBe(true)
  })

  test('leaves no timer behind', async () => {
    const { endpoint, clock } = setUp({ keepAliveInterval: 1_000 })
    const transport = connect(endpoint)
    const report = endpoint.close()
    transport.end('client', 1001)
    await report
    expect(clock.pending).toBe(0)
  })

  test('may be called again, and is one', async () => {
    const { endpoint } = setUp()
    const transport = connect(endpoint)
    const first = endpoint.close()
    const second = endpoint.close({ deadline: 1 })
    transport.end('client', 1001)
    expect(second).toBe(first)
    expect(transport.callNames).toEqual(['close'])
    expect(endpoint.close()).toBe(first)
    expect(await first).toMatchObject({ total: 1, clean: 1 })
  })

  test('refuses new handshakes with 503, for good', async () => {
    const { endpoint } = setUp()
    await endpoint.close()
    expect(refusalOf(endpoint)).toMatchObject({ reason: 'shutting-down', status: 503 })
  })

  test('refuses at once a handshake about which authorize is still deciding', async () => {
    const { endpoint, clock } = setUp({ authorize: () => new Promise<never>(() => {}) })
    const { outcome } = pend(endpoint)
    const report = endpoint.close()
    expect(await outcome).toMatchObject({ refusal: { reason: 'shutting-down', status: 503 } })
    expect(await report).toMatchObject({ total: 0 })
    expect(clock.pending).toBe(0)
  })

  test('refuses a handshake that authorize has admitted, and that is carried out later', async () => {
    const { endpoint } = setUp({ authorize: async () => allow() })
    const { carryOut, outcomes } = await admitLater(endpoint)
    expect(await endpoint.close()).toMatchObject({ total: 0 })
    carryOut()
    expect(outcomes).toEqual(['shutting-down'])
    expect(refusalsOf(endpoint)).toEqual({ 'shutting-down': 1 })
  })

  test('gives back what such a handshake has asked to take over', async () => {
    const told: string[] = []
    const claim: Claim = {
      place: undefined,
      id: 'a',
      opened: () => told.push('opened'),
      refused: () => told.push('refused'),
      ended: () => told.push('ended'),
    }
    const service = { subpaths: [''], handle() {}, claim: () => claim, close() {} }
    const { endpoint } = setUp({
      path: '/ws',
      httpTransports: { serve: () => service },
      authorize: async () => allow(),
    })
    const { carryOut } = await admitLater(endpoint)
    endpoint.close()
    carryOut()
    expect(told).toEqual(['ended'])
  })

  test('refuses a handshake whose authorize closes the endpoint', async () => {
    const world = setUp({
      authorize: () => {
        world.endpoint.close()
        return allow()
      },
    })
    expect(refusalOf(world.endpoint).reason).toBe('shutting-down')
  })

  test('sends away a connection whose request was let in before', () => {
    const { endpoint } = setUp()
    const admission = admit(endpoint)
    endpoint.close()
    const transport = new FakeTransport()
    transport.open(admission.accept(transport))
    expect(transport.closeFrame?.code).toBe(1001)
  })

  test('waits for such a connection while others are left, and does not count it', async () => {
    const { endpoint } = setUp()
    const first = connect(endpoint)
    const admission = admit(endpoint)
    const report = endpoint.close()
    const late = new FakeTransport()
    late.open(admission.accept(late))
    first.end('client', 1001)
    expect(endpoint.stats().shutdown).toMatchObject({ total: 1, remaining: 1 })
    late.end('client', 1001)
    expect(endpoint.stats().shutdown).toMatchObject({ total: 1, remaining: 0 })
    expect(await report).toEqual({ total: 1, clean: 1, terminated: 0, causes: { shutdown: 1 } })
  })

  test('terminates such a connection at the deadline, and no sooner', async () => {
    const { clock, endpoint } = setUp({ closeTimeout: 60_000 })
    const admission = admit(endpoint)
    endpoint.close({ deadline: 500 })
    clock.advance(400)
    const transport = new FakeTransport()
    transport.open(admission.accept(transport))
    clock.advance(99)
    expect(transport.callNames).toEqual(['close'])
    clock.advance(1)
    expect(transport.callNames).toEqual(['close', 'terminate'])
    await nextTurn()
    expect(endpoint.stats().ends.shutdown).toBe(1)
    expect(clock.pending).toBe(0)
  })

  test('terminates such a connection at once when the deadline has passed', () => {
    const { clock, endpoint } = setUp({ closeTimeout: 60_000 })
    const admission = admit(endpoint)
    endpoint.close({ deadline: 500 })
    clock.advance(700)
    const transport = new FakeTransport()
    transport.open(admission.accept(transport))
    clock.advance(0)
    expect(transport.callNames).toEqual(['close', 'terminate'])
  })

  test('does not wait for such a connection that its session has ended', async () => {
    const { clock, endpoint } = setUp({ session: { open: (one) => one.terminate() } })
    const admission = admit(endpoint)
    const report = endpoint.close()
    const transport = new FakeTransport({ ends: 'at once' })
    transport.open(admission.accept(transport))
    expect(await report).toMatchObject({ total: 0 })
    expect(endpoint.stats().shutdown).toMatchObject({ remaining: 0 })
    expect(clock.pending).toBe(0)
  })

  test('of an engine that ends at once resolves too', async () => {
    const { endpoint } = setUp()
    for (let i = 0; i < 3; i++) connect(endpoint, { ends: 'at once' })
    expect(await endpoint.close()).toMatchObject({ total: 3, causes: { shutdown: 3 } })
  })

  test('may be called by a session that is told of its end', async () => {
    const world = setUp({
      session: {
        close: () => {
          world.endpoint.close()
        },
      },
    })
    const [first, second] = [connect(world.endpoint), connect(world.endpoint)]
    first.end()
    expect(second.closeFrame?.code).toBe(1001)
    second.end('client', 1001)
    expect(await world.endpoint.close()).toMatchObject({ clean: 1 })
  })

  describe('that waits', () => {
    test('lets connections end by themselves, and refuses new ones', async () => {
      const { clock, endpoint } = setUp()
      const transport = connect(endpoint)
      const report = endpoint.close({ mode: 'wait', deadline: 60_000 })
      expect(refusalOf(endpoint)).toMatchObject({ reason: 'shutting-down', status: 503 })
      clock.advance(30_000)
      expect(transport.callNames).toEqual([])
      transport.end('client', 1000)
      expect(await report).toEqual({ total: 1, clean: 1, terminated: 0, causes: { client: 1 } })
      expect(clock.pending).toBe(0)
    })

    test('resolves at once without connections', async () => {
      const { endpoint, clock } = setUp()
      expect(await endpoint.close({ mode: 'wait', deadline: 60_000 })).toMatchObject({ total: 0 })
      expect(clock.pending).toBe(0)
    })

    test('spreads 1001 over those that are left, in time to answer before the deadline', async () => {
      const { clock, endpoint } = setUp({ closeTimeout: 1_000 })
      const transports = Array.from({ length: 3 }, () => connect(endpoint))
      const closed = () => transports.filter(({ closeFrame }) => closeFrame?.code === 1001).length
      const report = endpoint.close({ mode: 'wait', deadline: 60_000, spread: 4_000 })
      transports[0]?.end('client', 1000)
      // From 55 s to 59 s, so one of two after a quarter of that.
      clock.advance(55_999)
      expect(closed()).toBe(0)
      clock.advance(1)
      expect(closed()).toBe(1)
      transports[1]?.end('client', 1001)
      clock.advance(2_000)
      expect(closed()).toBe(2)
      transports[2]?.end('client', 1001)
      expect(await report).toMatchObject({ clean: 3, causes: { client: 1, shutdown: 2 } })
    })

    test('leaves a tenth of a short deadline to answer', () => {
      const { clock, endpoint } = setUp()
      const transport = connect(endpoint)
      endpoint.close({ mode: 'wait', deadline: 1_000 })
      clock.advance(899)
      expect(transport.callNames).toEqual([])
      clock.advance(1)
      expect(transport.closeFrame?.code).toBe(1001)
      clock.advance(100)
      expect(transport.isOver).toBe(true)
    })

    test('closes from the start where the spread is as long as the deadline', () => {
      const { clock, endpoint } = setUp()
      const transport = connect(endpoint)
      endpoint.close({ mode: 'wait', deadline: 1_000, spread: 1_000 })
      clock.advance(500)
      expect(transport.closeFrame?.code).toBe(1001)
    })
  })

  test('refuses a mode that there is not, and stays open', () => {
    const { endpoint } = setUp()
    // What the type forbids, plain JavaScript can still do.
    const close = () => endpoint.close({ mode: 'drain' as 'wait' })
    expect(close).toThrow('mode must be "close" or "wait", got "drain".')
    expect(() => connect(endpoint)).not.toThrow()
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5', 2 ** 31])(
    'refuses the deadline %j and stays open',
    (deadline) => {
      const { endpoint } = setUp()
      // What the type forbids, plain JavaScript can still do.
      const close = () => endpoint.close({ deadline: deadline as number })
      expect(close).toThrow(OptionError)
      expect(() => connect(endpoint)).not.toThrow()
    },
  )
})
