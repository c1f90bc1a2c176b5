import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { allow } from '../../src/handshake/authorize.ts'
import { refuse } from '../../src/handshake/refusal.ts'
import { connect } from '../support/connect.ts'
import { FakeTransport } from '../support/fake-transport.ts'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { inShort, pend, refusalsOf, setUp } from '../support/one-endpoint.ts'

const boom = new Error('boom')

/** An authorize function that decides when the test says so, and keeps the signal if it is to. */
function deciding({ watches }: { readonly watches: boolean }) {
  const call: {
    signal: AbortSignal | undefined
    decide: (answer: string) => void
    fail: (error: unknown) => void
  } = { signal: undefined, decide: () => {}, fail: () => {} }
  const authorize = (_request: unknown, options: { readonly signal: AbortSignal }) => {
    if (watches) call.signal = options.signal
    return new Promise<string>((resolve, reject) => {
      call.decide = resolve
      call.fail = reject
    })
  }
  return { authorize, call }
}

describe('authorize', () => {
  test('makes the context of the connection', () => {
    const { endpoint } = setUp({ authorize: (request) => ({ user: request.remoteAddress }) })
    connect(endpoint)
    expect([...endpoint.connections]).toMatchObject([{ context: { user: '192.0.2.1' } }])
  })

  test('may take its time', async () => {
    const { endpoint, clock } = setUp({ authorize: async () => ({ user: 'ada' }) })
    const outcome = await pend(endpoint).outcome
    if (outcome.action !== 'accept') throw new Error('the request is not let in')
    outcome.admission.accept(new FakeTransport())
    expect([...endpoint.connections]).toMatchObject([{ context: { user: 'ada' } }])
    expect(clock.pending).toBe(0)
  })

  const refusal = refuse(402, { body: 'Pay first.', headers: { 'X-Price': '5' } })
  test.each([
    ['at once', () => refusal],
    ['later', async () => refusal],
  ])('keeps a request out %s', async (_name, authorize) => {
    const { endpoint } = setUp({ authorize })
    const told: unknown[] = []
    endpoint.on('refuse', (one) => told.push(one))
    const outcome = handshake(endpoint, handshakeRequest())
    const settled = outcome.action === 'wait' ? await outcome.outcome : outcome
    expect(settled).toEqual({ action: 'refuse', refusal })
    expect(told).toEqual([refusal])
    expect(refusalsOf(endpoint)).toEqual({ unauthorized: 1 })
  })

  test.each([
    [
      'throws',
      (): never => {
        throw boom
      },
    ],
    ['rejects', (): Promise<never> => Promise.reject(boom)],
  ])('that %s is answered with 500, and the error is told once', async (_name, authorize) => {
    const { endpoint, errors } = setUp({ authorize })
    const outcome = handshake(endpoint, handshakeRequest())
    const settled = outcome.action === 'wait' ? await outcome.outcome : outcome
    expect(settled).toMatchObject({ action: 'refuse', refusal: { reason: 'error', status: 500 } })
    expect(settled).not.toMatchObject({ refusal: { body: expect.stringContaining('boom') } })
    await nextTurn()
    expect(errors).toEqual([boom])
  })

  test('is not asked about a request that is refused already', () => {
    let asked = 0
    const { endpoint } = setUp({
      authorize: () => {
        asked++
        return allow()
      },
    })
    handshake(endpoint, handshakeRequest({ method: 'POST' }))
    expect(asked).toBe(0)
  })
})

describe('an authorize that takes too long', () => {
  function pastItsTime({ watches }: { readonly watches: boolean }) {
    const { authorize, call } = deciding({ watches })
    const world = setUp({ handshakeTimeout: 500, authorize })
    const { outcome } = pend(world.endpoint)
    world.clock.advance(499)
    expect(call.signal?.aborted ?? false).toBe(false)
    world.clock.advance(1)
    return { ...world, call, outcome }
  }

  test('is answered with 503, and told to stop', async () => {
    const { outcome, call, endpoint } = pastItsTime({ watches: true })
    expect(call.signal?.aborted).toBe(true)
    expect(await outcome).toMatchObject({ refusal: { reason: 'timeout', status: 503 } })
    expect(refusalsOf(endpoint)).toEqual({ timeout: 1 })
  })

  test('lets nobody in with a late answer', async () => {
    const { outcome, call, endpoint, errors } = pastItsTime({ watches: false })
    call.decide('welcome')
    expect(inShort(await outcome)).toBe('timeout')
    await nextTurn()
    expect(endpoint.connections.size).toBe(0)
    expect(refusalsOf(endpoint)).toEqual({ timeout: 1 })
    expect(errors).toEqual([])
  })

  test('and fails then is told once, because that may be why', async () => {
    const { call, errors, endpoint } = pastItsTime({ watches: false })
    call.fail(boom)
    await nextTurn()
    expect(errors).toEqual([boom])
    expect(refusalsOf(endpoint)).toEqual({ timeout: 1 })
  })

  test('and fails because it was told to stop is not told', async () => {
    const { call, errors } = pastItsTime({ watches: true })
    call.fail(call.signal?.reason)
    await nextTurn()
    expect(errors).toEqual([])
  })
})

describe('a client that leaves while authorize decides', () => {
  test.each([true, false])('is not let in by the answer (watched: %s)', async (watches) => {
    const { authorize, call } = deciding({ watches })
    const { endpoint, clock, errors } = setUp({ authorize })
    const pending = pend(endpoint)
    let isSettled = false
    pending.outcome.then(() => {
      isSettled = true
    })
    pending.abandon()
    if (watches) expect(call.signal?.aborted).toBe(true)
    call.decide('welcome')
    await nextTurn()
    expect(isSettled).toBe(false)
    expect(refusalsOf(endpoint)).toEqual({})
    expect(errors).toEqual([])
    expect(clock.pending).toBe(0)
  })

  test('once the answer is there changes nothing', async () => {
    const { authorize, call } = deciding({ watches: true })
    const { endpoint } = setUp({ maxConnections: 1, authorize })
    const pending = pend(endpoint)
    call.decide('welcome')
    expect(inShort(await pending.outcome)).toBe('accept')
    pending.abandon()
    expect(call.signal?.aborted).toBe(false)
    expect(inShort(handshake(endpoint, handshakeRequest()))).toBe('full')
  })
})

test('closing the endpoint tells authorize to stop', () => {
  const { authorize, call } = deciding({ watches: true })
  const { endpoint } = setUp({ authorize })
  pend(endpoint)
  endpoint.close()
  expect(call.signal?.aborted).toBe(true)
})

test('a signal that is asked for late is aborted already', () => {
  const late: { signal?: AbortSignal } = {}
  const { endpoint } = setUp({
    authorize(_request, options) {
      Object.defineProperty(late, 'signal', { get: () => options.signal })
      return new Promise<never>(() => {})
    },
  })
  pend(endpoint).abandon()
  expect(late.signal?.aborted).toBe(true)
})
