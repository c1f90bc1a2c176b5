import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Allowed, allow } from '../../src/handshake/authorize.ts'
import { refuse } from '../../src/handshake/refusal.ts'
import { admit, connect, refusalOf } from '../support/connect.ts'
import { FakeTransport } from '../support/fake-transport.ts'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { from, inShort, pend, setUp } from '../support/one-endpoint.ts'

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
    ['let in', allow(), 'full'],
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
          if (!isFirst) return allow()
          isFirst = false
          return new Promise((resolve, reject) => {
            decide = () => (answer instanceof Error ? reject(answer) : resolve(answer))
          })
        },
      })
      const { outcome } = pend(endpoint)
      expect(refusalOf(endpoint).reason).toBe('full')
      decide()
      await outcome
      expect(inShort(handshake(endpoint, handshakeRequest()))).toBe(next)
    },
  )

  test('counts a request once while authorize lets it in', async () => {
    let decide = (): void => {}
    const decision = new Promise<Allowed<undefined>>((resolve) => {
      decide = () => resolve(allow())
    })
    const { endpoint } = setUp({ maxConnections: 2, authorize: () => decision })
    const [first, second] = [pend(endpoint), pend(endpoint)]
    expect(refusalOf(endpoint).reason).toBe('full')
    decide()
    expect(inShort(await first.outcome)).toBe('accept')
    expect(inShort(await second.outcome)).toBe('accept')
    expect(refusalOf(endpoint).reason).toBe('full')
  })

  test('gives back the place of a request about which authorize took too long', () => {
    const { endpoint, clock } = setUp({
      maxConnections: 1,
      handshakeTimeout: 500,
      authorize: () => new Promise<never>(() => {}),
    })
    pend(endpoint)
    clock.advance(500)
    expect(() => pend(endpoint)).not.toThrow()
  })

  test('gives back the place of a client that left before authorize decided', () => {
    const { endpoint } = setUp({
      maxConnections: 1,
      authorize: () => new Promise<never>(() => {}),
    })
    pend(endpoint).abandon()
    expect(() => pend(endpoint)).not.toThrow()
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

  test('comes to nothing lost and nothing won, whatever comes and goes', () => {
    const step = fc.record({ who: fc.nat(3), abandons: fc.boolean(), leaves: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { endpoint } = setUp({ maxConnections: 5, maxConnectionsPerAddress: 2 })
        const open: { readonly who: number; readonly transport: FakeTransport }[] = []
        for (const { who, abandons, leaves } of steps) {
          if (leaves) open.pop()?.transport.end()
          const outcome = handshake(endpoint, from(`192.0.2.${who}`))
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

describe('maxPendingHandshakes', () => {
  const authorize = () => new Promise<never>(() => {})

  test('refuses one more with 503 while authorize decides about as many', () => {
    const { endpoint, clock } = setUp({
      maxPendingHandshakes: 2,
      handshakeTimeout: 500,
      authorize,
    })
    const [first] = [pend(endpoint), pend(endpoint)]
    expect(refusalOf(endpoint)).toMatchObject({ reason: 'handshake-limit', status: 503 })
    first.abandon()
    pend(endpoint)
    expect(refusalOf(endpoint).reason).toBe('handshake-limit')
    clock.advance(500)
    expect(() => pend(endpoint)).not.toThrow()
  })

  test('does not count those about whom it is decided', async () => {
    const { endpoint } = setUp({ maxPendingHandshakes: 1, authorize: async () => allow() })
    const { outcome } = pend(endpoint)
    expect(refusalOf(endpoint).reason).toBe('handshake-limit')
    expect(inShort(await outcome)).toBe('accept')
    expect(() => pend(endpoint)).not.toThrow()
  })

  test('does not hold up what is decided at once', () => {
    const { endpoint } = setUp({ maxPendingHandshakes: 1 })
    connect(endpoint)
    connect(endpoint)
    expect(endpoint.connections.size).toBe(2)
  })
})
