import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import { allow } from '../../src/handshake/authorize.ts'
import { refuse } from '../../src/handshake/refusal.ts'
import { echo } from '../../src/session/echo.ts'
import { connect } from '../support/connect.ts'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { inShort, refusalsOf, setUp } from '../support/one-endpoint.ts'

/** What becomes of a request whose `authorize` answers so, at once and later. */
async function settled(authorize: () => unknown) {
  // The types forbid most of these answers.
  const { endpoint, errors } = setUp<unknown>({ authorize: authorize as () => never })
  const outcome = handshake(endpoint, handshakeRequest())
  const result = outcome.action === 'wait' ? await outcome.outcome : outcome
  return { result, endpoint, errors }
}

describe('an answer of authorize that lets nobody in', () => {
  const answers: readonly (readonly [name: string, answer: unknown, shown: string])[] = [
    ['true', true, 'true'],
    ['false', false, 'false'],
    ['null', null, 'null'],
    ['nothing', undefined, 'undefined'],
    ['0', 0, '0'],
    ['a status', 401, '401'],
    ['an empty text', '', '""'],
    ['a Response', new Response('', { status: 401 }), 'an object with the status 401'],
    ['an object with a status', { status: 200 }, 'an object with the status 200'],
    ['a function', () => ({}), 'a function'],
    ['a symbol', Symbol('in'), 'Symbol(in)'],
    ['a bigint', 1n, '1n'],
  ]
  test.each(answers)(
    '%s is refused with 500, and onError is told what to return',
    async (...row) => {
      const [, answer, shown] = row
      for (const authorize of [() => answer, async () => answer]) {
        const { result, endpoint, errors } = await settled(authorize)
        expect(result).toMatchObject({
          action: 'refuse',
          refusal: { reason: 'error', status: 500 },
        })
        expect(endpoint.connections.size).toBe(0)
        expect(errors).toHaveLength(1)
        expect(String(errors[0])).toContain(`got ${shown}.`)
        expect(String(errors[0])).toContain('return allow(); to keep it out, return refuse(401)')
      }
    },
  )
})

describe('an answer of authorize that lets a client in', () => {
  test.each([
    ['an object', { user: 'ada' }, { user: 'ada' }],
    ['a text', 'ada', 'ada'],
    ['a list', ['ada'], ['ada']],
    ['allow()', allow(), undefined],
    ['allow(false)', allow(false), false],
    ['allow(0)', allow(0), 0],
    ['allow with a status', allow({ status: 200 }), { status: 200 }],
  ])('%s', (_name, answer, context) => {
    const { endpoint } = setUp<unknown>({ authorize: () => answer })
    connect(endpoint)
    expect([...endpoint.connections].map((one) => one.context)).toEqual([context])
  })
})

describe('a refusal that authorize throws', () => {
  test.each([
    [
      'at once',
      () => {
        throw refuse(401)
      },
    ],
    ['later', () => Promise.reject(refuse(401))],
  ])('%s refuses with its status, and is no error', async (_name, authorize) => {
    const { result, endpoint, errors } = await settled(authorize)
    expect(result).toMatchObject({ refusal: { reason: 'unauthorized', status: 401 } })
    expect(refusalsOf(endpoint)).toEqual({ unauthorized: 1 })
    expect(errors).toEqual([])
  })

  test('when nobody waits any more is no error either', async () => {
    let fail = (): void => {}
    const { endpoint, errors, clock } = setUp<unknown>({
      handshakeTimeout: 500,
      authorize: () =>
        new Promise<never>((_resolve, reject) => {
          fail = () => reject(refuse(401))
        }),
    })
    handshake(endpoint, handshakeRequest())
    clock.advance(500)
    fail()
    await nextTurn()
    expect(errors).toEqual([])
    expect(refusalsOf(endpoint)).toEqual({ timeout: 1 })
  })
})

test('the types let through what lets a client in, and nothing else', () => {
  const session = echo()
  // @ts-expect-error a boolean is the answer for another library
  createEndpoint({ session, authorize: () => true })
  // @ts-expect-error
  createEndpoint({ session, authorize: async () => false })
  // @ts-expect-error
  createEndpoint({ session, authorize: () => 401 })
  // @ts-expect-error
  createEndpoint({ session, authorize: () => null })
  // @ts-expect-error a forgotten return
  createEndpoint({ session, authorize: () => {} })
  // @ts-expect-error
  createEndpoint({ session, authorize: () => new Response('', { status: 401 }) })
  // @ts-expect-error
  createEndpoint({ session, authorize: ({ secure }) => secure || refuse(403) })
  const user = createEndpoint({ session, authorize: () => ({ name: 'Ada' }) })
  expectTypeOf([...user.connections].map(({ context }) => context)).toEqualTypeOf<
    { name: string }[]
  >()
  const flag = createEndpoint({ session, authorize: async () => allow(true) })
  expectTypeOf([...flag.connections].map(({ context }) => context)).toEqualTypeOf<boolean[]>()
  const gate = createEndpoint({
    session,
    authorize: ({ secure }) => (secure ? allow() : refuse(403)),
  })
  expectTypeOf([...gate.connections].map(({ context }) => context)).toEqualTypeOf<undefined[]>()
})

describe('the abort signal of authorize', () => {
  const boom = new Error('boom')
  const thrower = (): never => {
    throw boom
  }

  test.each<readonly [string, (signal: AbortSignal) => void]>([
    ['a listener that throws', (signal) => signal.addEventListener('abort', thrower)],
    [
      'a listener whose promise rejects',
      (signal) => signal.addEventListener('abort', () => Promise.reject(boom)),
    ],
    [
      'an object that throws',
      (signal) => signal.addEventListener('abort', { handleEvent: thrower }),
    ],
    [
      'onabort that throws',
      (signal) => {
        signal.onabort = thrower
      },
    ],
  ])('may have %s: the error goes to onError, and the process goes on', async (_name, watch) => {
    const { endpoint, errors } = setUp<unknown>({
      authorize(_request, { signal }) {
        watch(signal)
        return new Promise<never>(() => {})
      },
    })
    const outcome = handshake(endpoint, handshakeRequest())
    if (outcome.action === 'wait') outcome.abandon()
    await nextTurn()
    await nextTurn()
    expect(errors).toEqual([boom])
  })

  test('calls its listeners as any signal does, and a removed one no more', () => {
    const called: string[] = []
    const removed = (): void => void called.push('removed')
    const { endpoint } = setUp<unknown>({
      authorize(_request, { signal }) {
        signal.onabort = () => called.push('first')
        signal.onabort = () => called.push('onabort')
        signal.addEventListener('abort', removed)
        signal.removeEventListener('abort', removed)
        const twice = (): void => void called.push('once')
        signal.addEventListener('abort', twice)
        signal.addEventListener('abort', twice)
        return new Promise<never>(() => {})
      },
    })
    const outcome = handshake(endpoint, handshakeRequest())
    if (outcome.action === 'wait') outcome.abandon()
    expect(called).toEqual(['onabort', 'once'])
  })

  test('may be asked for late', async () => {
    const late: { ask: () => AbortSignal | undefined } = { ask: () => undefined }
    const { endpoint, errors } = setUp<unknown>({
      authorize(_request, options) {
        late.ask = () => options.signal
        return new Promise<never>(() => {})
      },
    })
    const outcome = handshake(endpoint, handshakeRequest())
    if (outcome.action === 'wait') outcome.abandon()
    const signal = late.ask()
    signal?.addEventListener('abort', thrower)
    expect(signal?.aborted).toBe(true)
    expect(() => signal?.throwIfAborted()).toThrow()
    await nextTurn()
    expect(errors).toEqual([])
  })
})

describe('a handshake with a body', () => {
  test.each([
    ['Content-Length', '5'],
    ['Content-Length', '+0'],
    ['Content-Length', ''],
    ['Transfer-Encoding', 'chunked'],
    ['Transfer-Encoding', 'identity'],
  ])('%s: %s is refused with 400', (name, value) => {
    const request = handshakeRequest({ headers: { [name]: value } })
    const outcome = handshake(setUp().endpoint, request)
    expect(outcome).toMatchObject({ refusal: { reason: 'malformed', status: 400 } })
  })

  test.each(['0', '00'])('of Content-Length: %s has none', (value) => {
    const request = handshakeRequest({ headers: { 'Content-Length': value } })
    expect(inShort(handshake(setUp().endpoint, request))).toBe('accept')
  })
})
