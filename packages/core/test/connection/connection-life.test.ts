import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { settle, setUp, X } from '../support/one-connection.ts'

type Step =
  | { readonly kind: 'receive' | 'pinged' | 'ponged' | 'drain' | 'throw' }
  | { readonly kind: 'pause' | 'resume' | 'terminate' }
  | { readonly kind: 'send'; readonly result: 'sent' | 'queued' | 'closed' }
  | { readonly kind: 'close'; readonly code: number }
  | { readonly kind: 'advance'; readonly by: number }
  | { readonly kind: 'closing' | 'end'; readonly cause: 'client' | 'lost' | 'protocol-error' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('receive', 'pinged', 'ponged', 'drain', 'throw') }),
  fc.record({ kind: fc.constantFrom('pause', 'resume', 'terminate') }),
  fc.record({
    kind: fc.constant('send' as const),
    result: fc.constantFrom('sent', 'queued', 'closed'),
  }),
  fc.record({ kind: fc.constant('close' as const), code: fc.constantFrom(1000, 4000, 1005) }),
  fc.record({ kind: fc.constant('advance' as const), by: fc.constantFrom(10, 300, X, 3 * X) }),
  fc.record({
    kind: fc.constantFrom('closing', 'end'),
    cause: fc.constantFrom('client', 'lost', 'protocol-error'),
  }),
)

describe('whatever happens', () => {
  const play = async (steps: readonly Step[], ends: 'later' | 'at once') => {
    let isInOwnCall = false
    let closedWithin = 0
    let fails = false
    const world = setUp({
      maxBufferedAmount: 20,
      transport: { ends },
      session: {
        message() {
          if (fails) throw new Error('boom')
        },
        close() {
          if (isInOwnCall) closedWithin++
        },
      },
    })
    const { clock, connection, transport } = world
    const own = (call: () => void) => {
      isInOwnCall = true
      try {
        call()
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
      } finally {
        isInOwnCall = false
      }
    }
    for (const one of steps) {
      switch (one.kind) {
        case 'send':
          transport.result = one.result
          own(() => connection.send('0123456789'))
          break
        case 'close':
          own(() => connection.close(one.code))
          break
        case 'pause':
        case 'resume':
        case 'terminate': {
          const { kind } = one
          own(() => connection[kind]())
          break
        }
        case 'advance':
          clock.advance(one.by)
          break
        case 'throw':
          fails = true
          if (!transport.isOver) transport.receive('hello')
          fails = false
          break
        case 'receive':
          if (!transport.isOver) transport.receive('hello')
          break
        case 'pinged':
        case 'ponged':
        case 'drain':
          if (!transport.isOver) transport[one.kind]()
          break
        case 'closing':
          if (!transport.isOver) transport.closing(one.cause)
          break
        case 'end':
          // An engine may tell of an end that core has brought about itself.
          transport.end(one.cause)
          break
      }
      own(() => connection.bufferedAmount)
    }
    if (!transport.isOver) transport.end('lost')
    await settle()
    return { ...world, closedWithin }
  }

  const sequences = fc.array(step, { maxLength: 30 })
  const engines = fc.constantFrom('later' as const, 'at once' as const)

  test('a connection ends with one close event, and nothing comes after it', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, engines, async (steps, ends) => {
        const { told } = await play(steps, ends)
        expect(told.filter((name) => name === 'close')).toHaveLength(1)
        expect(told.at(-1)).toBe('close')
      }),
      { numRuns: 500 },
    )
  })

  test('no close event comes from within a call of the session', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, engines, async (steps, ends) => {
        const { closedWithin } = await play(steps, ends)
        expect(closedWithin).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  test('a transport is asked nothing that it must not be asked any more', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, engines, async (steps, ends) => {
        const { transport } = await play(steps, ends)
        expect(transport.forbiddenCalls).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('a connection that has ended leaves no timer and no trace', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, engines, async (steps, ends) => {
        const { clock, endpoint } = await play(steps, ends)
        expect(clock.pending).toBe(0)
        expect(endpoint.connections.size).toBe(0)
      }),
      { numRuns: 200 },
    )
  })
})
