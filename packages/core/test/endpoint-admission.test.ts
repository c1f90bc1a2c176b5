import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refuse } from '../src/refusal.ts'
import { admit, connect, refusalOf } from './connect.ts'
import { FakeTransport } from './fake-transport.ts'
import { handshakeRequest } from './handshake-request.ts'
import { from, inShort, setUp } from './one-endpoint.ts'

describe('authorize', () => {
  test('makes the context of the connection', () => {
    const { endpoint } = setUp({ authorize: (request) => ({ user: request.remoteAddress }) })
    connect(endpoint)
    expect([...endpoint.connections]).toMatchObject([{ context: { user: '192.0.2.1' } }])
  })

  test('may take its time', async () => {
    const { endpoint, clock } = setUp({ authorize: async () => ({ user: 'ada' }) })
    const outcome = await endpoint.handshake(handshakeRequest())
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
    const outcome = await endpoint.handshake(handshakeRequest())
    expect(outcome).toEqual({ action: 'refuse', refusal })
    expect(told).toEqual([refusal])
  })

  const boom = new Error('boom')
  test.each([
    [
      'throws',
      (): undefined => {
        throw boom
      },
    ],
    ['rejects', (): Promise<undefined> => Promise.reject(boom)],
  ])('that %s is answered with 500, and the error is told', async (_name, authorize) => {
    const { endpoint, errors } = setUp({ authorize })
    const outcome = await endpoint.handshake(handshakeRequest())
    expect(outcome).toMatchObject({ action: 'refuse', refusal: { reason: 'error', status: 500 } })
    expect(outcome).not.toMatchObject({ refusal: { body: expect.stringContaining('boom') } })
    expect(errors).toEqual([boom])
  })

  test('that takes too long is answered with 503', async () => {
    const { endpoint, clock } = setUp({
      handshakeTimeout: 500,
      authorize: () => new Promise<undefined>(() => {}),
    })
    const answer = endpoint.handshake(handshakeRequest())
    clock.advance(500)
    expect(await answer).toMatchObject({ refusal: { reason: 'timeout', status: 503 } })
  })

  test('that fails after it took too long harms nobody', async () => {
    let fail = (_error: Error): void => {}
    const { endpoint, clock } = setUp({
      handshakeTimeout: 500,
      authorize: () =>
        new Promise<undefined>((_resolve, reject) => {
          fail = reject
        }),
    })
    const answer = endpoint.handshake(handshakeRequest())
    clock.advance(500)
    await answer
    fail(boom)
    await nextTurn()
    expect(endpoint.connections.size).toBe(0)
  })

  test('is not asked about a request that is refused already', () => {
    let asked = 0
    const { endpoint } = setUp({
      authorize: () => {
        asked++
      },
    })
    endpoint.handshake(handshakeRequest({ method: 'POST' }))
    expect(asked).toBe(0)
  })
})

describe('maxConnections', () => {
  test('refuses one more with 503, until there is room again', () => {
    const { endpoint } = setUp({ maxConnections: 2 })
    const [first] = [connect(endpoint), connect(endpoint)]
    expect(refusalOf(endpoint)).toMatchObject({ reason: 'full', status: 503 })
    first.end()
    connect(endpoint)
    expect(endpoint.connections.size).toBe(2)
  })

  test('counts a request that was let in', () => {
    const { endpoint } = setUp({ maxConnections: 1 })
    admit(endpoint)
    expect(refusalOf(endpoint).reason).toBe('full')
  })

  test('gives back the place of a request that was abandoned', () => {
    const { endpoint } = setUp({ maxConnections: 1 })
    admit(endpoint).abandon()
    connect(endpoint)
    expect(endpoint.connections.size).toBe(1)
  })

  test.each([
    ['let in', undefined, 'full'],
    ['refused', refuse(401), 'accept'],
    ['failed', new Error('boom'), 'accept'],
  ] as const)(
    'counts a request about which authorize decides, until it is %s',
    async (_name, answer, next) => {
      let decide = (): void => {}
      let isFirst = true
      const { endpoint } = setUp<undefined>({
        maxConnections: 1,
        authorize: () => {
          if (!isFirst) return undefined
          isFirst = false
          return new Promise((resolve, reject) => {
            decide = () => (answer instanceof Error ? reject(answer) : resolve(answer))
          })
        },
      })
      const outcome = endpoint.handshake(handshakeRequest())
      expect(refusalOf(endpoint).reason).toBe('full')
      decide()
      await outcome
      await nextTurn()
      expect(inShort(await endpoint.handshake(handshakeRequest()))).toBe(next)
    },
  )

  test('counts a request once while authorize lets it in', async () => {
    let decide = (): void => {}
    const decision = new Promise<undefined>((resolve) => {
      decide = () => resolve(undefined)
    })
    const { endpoint } = setUp({ maxConnections: 2, authorize: () => decision })
    const first = endpoint.handshake(handshakeRequest())
    decide()
    expect(inShort(await first)).toBe('accept')
    expect(inShort(await endpoint.handshake(handshakeRequest()))).toBe('accept')
    expect(inShort(await endpoint.handshake(handshakeRequest()))).toBe('full')
  })

  test('gives back the place of a request about which authorize took too long', async () => {
    const { endpoint, clock } = setUp({
      maxConnections: 1,
      handshakeTimeout: 500,
      authorize: () => new Promise<undefined>(() => {}),
    })
    const first = endpoint.handshake(handshakeRequest())
    clock.advance(500)
    await first
    expect(endpoint.handshake(handshakeRequest())).toBeInstanceOf(Promise)
  })
})

describe('maxConnectionsPerAddress', () => {
  test('refuses one more from the same address with 429', () => {
    const { endpoint } = setUp({ maxConnectionsPerAddress: 1 })
    admit(endpoint, from('192.0.2.1'))
    expect(refusalOf(endpoint, from('192.0.2.1'))).toMatchObject({
      reason: 'address-limit',
      status: 429,
    })
    expect(() => admit(endpoint, from('192.0.2.2'))).not.toThrow()
  })

  test('takes a /64 for one address', () => {
    const { endpoint } = setUp({ maxConnectionsPerAddress: 1 })
    admit(endpoint, from('2001:db8::1'))
    expect(refusalOf(endpoint, from('2001:db8::ffff')).reason).toBe('address-limit')
    expect(() => admit(endpoint, from('2001:db8:0:1::1'))).not.toThrow()
  })

  test('gives a place back when a connection ends', () => {
    const { endpoint } = setUp({ maxConnectionsPerAddress: 1 })
    connect(endpoint).end()
    expect(() => admit(endpoint)).not.toThrow()
  })

  test('comes to nothing lost and nothing won, whatever comes and goes', () => {
    const step = fc.record({ who: fc.nat(3), abandons: fc.boolean(), leaves: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { endpoint } = setUp({ maxConnections: 5, maxConnectionsPerAddress: 2 })
        const open: { readonly who: number; readonly transport: FakeTransport }[] = []
        for (const { who, abandons, leaves } of steps) {
          if (leaves) open.pop()?.transport.end()
          const outcome = endpoint.handshake(from(`192.0.2.${who}`))
          if ('then' in outcome) throw new Error('nothing is asynchronous here')
          const mine = open.filter((one) => one.who === who).length
          const expected = open.length >= 5 ? 'full' : mine >= 2 ? 'address-limit' : 'accept'
          expect(inShort(outcome)).toBe(expected)
          if (outcome.action !== 'accept') continue
          if (abandons) {
            outcome.admission.abandon()
          } else {
            const transport = new FakeTransport()
            transport.open(outcome.admission.accept(transport))
            open.push({ who, transport })
          }
        }
      }),
    )
  })
})
