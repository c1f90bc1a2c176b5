import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { HubError } from '../src/errors/hub-error.ts'
import { RefusedCallError } from '../src/errors/refused-call-error.ts'
import { define, filter, method, setUp } from './support/one-hub.ts'
import { end, failure, item, result } from './support/peer.ts'

const definition = define({
  Sum: method([z.int(), z.int()], (_, a, b) => a + b),
  Count: method([z.int()], async function* (_, to) {
    for (let i = 0; i < to; i++) yield i
  }),
})

describe('a filter', () => {
  test('sees every call, with what the client has sent and what becomes of it', async () => {
    const seen: unknown[] = []
    const watch = filter(async (call, next) => {
      try {
        const outcome = await next()
        seen.push([call.method, call.args, outcome])
        return outcome
      } catch (error) {
        const reason = error instanceof RefusedCallError ? error.reason : error
        seen.push([call.method, call.args, reason])
        throw error
      }
    })
    const { connect } = setUp(definition, { filters: [watch] })
    const peer = await connect()
    expect(await peer.ask('sum', 1, 2)).toEqual(result('ask', 3))
    expect(await peer.ask('sum', 1, 'x')).toEqual(
      failure('ask', "Failed to invoke 'Sum' due to an error on the server."),
    )
    expect(await peer.ask('unknown', 1)).toEqual(
      failure(
        'ask',
        "Failed to invoke 'unknown' due to an error on the server. HubException: Method does not exist.",
      ),
    )
    expect(await peer.ask('count', 1)).toHaveProperty('error')
    expect(seen).toEqual([
      ['Sum', [1, 2], 3],
      ['Sum', [1, 'x'], 'arguments'],
      ['unknown', [1], 'unknown-method'],
      ['Count', [1], 'kind'],
    ])
  })

  test('stands within those before it, and around the call', async () => {
    const told: string[] = []
    const named = (name: string) =>
      filter(async (_, next) => {
        told.push(`${name} in`)
        const outcome = await next()
        told.push(`${name} out`)
        return outcome
      })
    const peer = await setUp(definition, { filters: [named('a'), named('b')] }).connect()
    await peer.ask('sum', 1, 2)
    expect(told).toEqual(['a in', 'b in', 'b out', 'a out'])
  })

  test('may refuse a call, and answer another one itself', async () => {
    const guard = filter((call, next) => {
      if (call.context.name !== 'ada') throw new HubError('Only ada may.')
      return call.args[0] === 0 ? 'nothing' : next()
    })
    const { connect } = setUp(definition, { filters: [guard] })
    const [ada, bob] = [await connect('ada'), await connect('bob')]
    expect(await ada.ask('sum', 1, 2)).toEqual(result('ask', 3))
    expect(await ada.ask('sum', 0, 2)).toEqual(result('ask', 'nothing'))
    expect(await bob.ask('sum', 1, 2)).toEqual(
      failure(
        'ask',
        "An unexpected error occurred invoking 'Sum' on the server. HubException: Only ada may.",
      ),
    )
  })

  test('may go on before it looks at what has failed, or fail itself', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', note)
    const late = filter(async (call, next) => {
      const outcome = next()
      if (call.context.name === 'bob') throw new HubError('Not bob.')
      await new Promise(setImmediate)
      return outcome
    })
    const { connect } = setUp(definition, { filters: [late] })
    const [ada, bob] = [await connect('ada'), await connect('bob')]
    expect(await ada.ask('sum', 1, 'x')).toEqual(
      failure('ask', "Failed to invoke 'Sum' due to an error on the server."),
    )
    expect(await bob.ask('sum', 1, 'x')).toEqual(
      failure(
        'ask',
        "An unexpected error occurred invoking 'Sum' on the server. HubException: Not bob.",
      ),
    )
    await new Promise(setImmediate)
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })

  test('sees the stream that a method returns, and may put another into its place', async () => {
    const doubled = filter(async (_, next) => {
      const items = (await next()) as AsyncIterable<number>
      return (async function* () {
        for await (const one of items) yield 2 * one
      })()
    })
    const peer = await setUp(definition, { filters: [doubled] }).connect()
    peer.stream('1', 'count', 3)
    expect(await peer.take(4)).toEqual([item('1', 0), item('1', 2), item('1', 4), end('1')])
  })

  test('runs in the slot of its call', async () => {
    const told: string[] = []
    const slow = filter(async (call, next) => {
      told.push(`begin ${call.args[0]}`)
      await new Promise(setImmediate)
      const outcome = await next()
      told.push(`end ${call.args[0]}`)
      return outcome
    })
    const peer = await setUp(definition, { filters: [slow] }).connect()
    peer.call('1', 'sum', 1, 1)
    peer.call('2', 'sum', 2, 2)
    await peer.take(2)
    expect(told).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
  })
})
