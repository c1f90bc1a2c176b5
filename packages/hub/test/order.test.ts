import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { streamOf } from '../src/definition/parameter.ts'
import { define, filter, type Gate, gate, method, setUp } from './support/one-hub.ts'
import { failure, invocation, item, result } from './support/peer.ts'

/** A hub whose methods end when the test says so, and what has happened. */
function slow() {
  const told: string[] = []
  const gates = new Map<string, Gate>()
  const open = (name: string) => gates.get(name)?.open()
  const definition = define({
    slow: method([z.string()], async (call, name) => {
      told.push(`${name} begins`)
      const own = gate()
      gates.set(name, own)
      call.signal.addEventListener('abort', () => told.push(`${name} aborted`))
      await own.promise
      told.push(`${name} ends`)
      return name
    }),
    quick: method([z.string()], (_, name) => {
      told.push(name)
      return name
    }),
    checked: method([z.string().refine(async () => true)], (_, name) => told.push(name)),
    count: method([], async function* () {
      yield* [1, 2]
    }),
    sum: method([streamOf(z.int())], () => 0),
    sums: method([streamOf(z.int())], async function* () {}),
    ask: method([], (call) => call.clients.caller.invoke('ask', { timeout: 1_000 }, 'why?')),
  })
  return { told, open, definition }
}

describe('calls of one connection', () => {
  test('run one after another, in the order in which they came', async () => {
    const { told, open, definition } = slow()
    const peer = await setUp(definition).connect()
    peer.call('1', 'slow', 'a')
    peer.call('2', 'quick', 'b')
    peer.call('3', 'slow', 'c')
    expect(told).toEqual(['a begins'])
    open('a')
    expect(await peer.take(2)).toEqual([result('1', 'a'), result('2', 'b')])
    expect(told).toEqual(['a begins', 'a ends', 'b', 'c begins'])
    open('c')
    expect(await peer.next()).toEqual(result('3', 'c'))
  })

  test('keep their order while arguments are checked', async () => {
    const { told, definition } = slow()
    const peer = await setUp(definition).connect()
    peer.say(invocation('1', 'checked', 'a'), invocation('2', 'quick', 'b'))
    await peer.take(2)
    expect(told).toEqual(['a', 'b'])
  })

  test('keep their order also where they fail', async () => {
    const { open, definition } = slow()
    const peer = await setUp(definition).connect()
    peer.call('1', 'slow', 'a')
    peer.call('2', 'unknown')
    peer.call('3', 'quick', 1)
    open('a')
    const answers = await peer.take(3)
    expect(answers.map(({ invocationId }) => invocationId)).toEqual(['1', '2', '3'])
  })

  test('run so many at a time as maxParallelCalls says', async () => {
    const { told, open, definition } = slow()
    const peer = await setUp(definition, { maxParallelCalls: 2 }).connect()
    for (const name of ['a', 'b', 'c']) peer.call(name, 'slow', name)
    expect(told).toEqual(['a begins', 'b begins'])
    open('b')
    expect(await peer.next()).toEqual(result('b', 'b'))
    expect(told).toEqual(['a begins', 'b begins', 'b ends', 'c begins'])
  })

  test('do not wait for those of another connection', async () => {
    const { definition } = slow()
    const { connect } = setUp(definition)
    const [ada, bob] = [await connect(), await connect()]
    ada.call('1', 'slow', 'a')
    expect(await bob.ask('quick', 'b')).toEqual(result('ask', 'b'))
  })

  test('of streams do not count, but keep their place', async () => {
    const { told, open, definition } = slow()
    const peer = await setUp(definition).connect()
    peer.call('1', 'slow', 'a')
    peer.stream('2', 'count')
    expect(await peer.take(3)).toEqual([item('2', 1), item('2', 2), { type: 3, invocationId: '2' }])
    peer.call('3', 'quick', 'b')
    peer.stream('4', 'count')
    open('a')
    expect((await peer.take(3)).map(({ invocationId }) => invocationId)).toEqual(['1', '3', '4'])
    expect(told).toEqual(['a begins', 'a ends', 'b'])
  })

  test('that are called as streams take their turn too', async () => {
    const { told, open, definition } = slow()
    const peer = await setUp(definition).connect()
    peer.stream('1', 'slow', 'a')
    peer.stream('2', 'quick', 'b')
    expect(told).toEqual(['a begins'])
    open('a')
    const why = (name: string) =>
      `The client attempted to invoke the non-streaming '${name}' method with a streaming invocation.`
    expect(await peer.take(2)).toEqual([failure('1', why('slow')), failure('2', why('quick'))])
    expect(told).toEqual(['a begins', 'a ends', 'b'])
  })

  test.each([
    ['of a generator that are no streams', 1, 'count', undefined],
    ['of a generator that bring a stream instead', 1, 'count', ['s']],
    ['that bring no stream where one is taken', 1, 'sum', undefined],
    ['that bring more streams than are taken', 1, 'sum', ['s', 't']],
    ['that are called as streams and bring none', 4, 'sum', undefined],
    ['of a generator that are no streams and bring none', 1, 'sums', undefined],
  ])('%s take their turn, with their filters', async (_, type, target, streamIds) => {
    const { told, open, definition } = slow()
    const watch = filter((call, next) => {
      told.push(call.method)
      return next()
    })
    const peer = await setUp(definition, { filters: [watch] }).connect()
    peer.call('1', 'slow', 'a')
    peer.say({ type, invocationId: '2', target, arguments: [], streamIds })
    peer.call('3', 'quick', 'b')
    expect(told).toEqual(['slow', 'a begins'])
    open('a')
    expect((await peer.take(3)).map(({ invocationId }) => invocationId)).toEqual(['1', '2', '3'])
    expect(told).toEqual(['slow', 'a begins', 'a ends', target, 'quick', 'b'])
  })

  test('may be cancelled, while they run and before', async () => {
    const { told, open, definition } = slow()
    const peer = await setUp(definition).connect()
    peer.call('1', 'slow', 'a')
    peer.call('2', 'slow', 'b')
    peer.say({ type: 5, invocationId: '1' }, { type: 5, invocationId: '2' })
    expect(told).toEqual(['a begins', 'a aborted'])
    open('a')
    expect(await peer.next()).toEqual(result('1', 'a'))
    open('b')
    expect(await peer.next()).toEqual(result('2', 'b'))
  })

  test('let others of a turn of the event loop have theirs', async () => {
    const { told, definition } = slow()
    const { connect, clock } = setUp(definition)
    const [flood, bob] = [await connect(), await connect()]
    const names = Array.from({ length: 1_000 }, (_, index) => `${index}`)
    flood.say(...names.map((name) => invocation(undefined, 'quick', name)))
    expect(told.length).toBeLessThan(200)
    bob.call(undefined, 'quick', 'bob')
    expect(told.at(-1)).toBe('bob')
    clock.advance(0)
    expect(told.filter((name) => name !== 'bob')).toEqual(names)
  })

  test('that are asynchronous let others have their turn, too', async () => {
    const { told, definition } = slow()
    const { connect, clock } = setUp(definition, { maxWaitingCalls: 2_000 })
    const flood = await connect()
    flood.say(...Array.from({ length: 1_000 }, () => invocation(undefined, 'checked', 'x')))
    for (let count = 0; count < 5_000; count++) await undefined
    expect(told.length).toBeLessThan(200)
    while (told.length < 1_000) {
      clock.endTurn()
      for (let count = 0; count < 5_000; count++) await undefined
    }
  })
})

describe('calls that wait', () => {
  test('are so many as maxWaitingCalls says, and then nothing more is read', async () => {
    const { open, definition } = slow()
    const { connect, endpoint } = setUp(definition, { maxWaitingCalls: 2 })
    const peer = await connect()
    for (const name of ['a', 'b', 'c']) peer.call(name, 'slow', name)
    // What comes now waits in the network.
    const { messages } = endpoint.stats().received
    peer.say({ type: 7 })
    peer.call('d', 'quick', 'd')
    const [connection] = endpoint.connections
    expect(connection?.isOpen).toBe(true)
    expect(endpoint.stats().received.messages).toBe(messages)
    open('a')
    expect(await peer.next()).toEqual(result('a', 'a'))
    // One of them runs, so that reading goes on.
    expect(await peer.next()).toEqual({ type: 7 })
  })

  test('give way while their client is asked, by whatever handle', async () => {
    const { told, open, definition } = slow()
    const { connect, hub, endpoint } = setUp(definition, { maxWaitingCalls: 1 })
    const peer = await connect()
    peer.call('1', 'ask')
    const question = await peer.next()
    peer.call('2', 'slow', 'b')
    peer.call('3', 'slow', 'c')
    expect(told).toEqual(['b begins'])
    peer.client.resume()
    open('b')
    expect(await peer.next()).toEqual(result('2', 'b'))
    expect(told).toEqual(['b begins', 'b ends', 'c begins'])
    peer.say(result(String(question['invocationId']), 'because'))
    open('c')
    expect(await peer.take(2)).toEqual([result('3', 'c'), result('1', 'because')])
    // From outside.
    const [id = ''] = [...endpoint.connections].map((one) => one.id)
    peer.call('4', 'slow', 'd')
    const answer = hub.clients.connection(id).invoke('ask', { timeout: 1_000 }, 'how?')
    const another = await peer.next()
    peer.call('5', 'quick', 'e')
    expect(await peer.next()).toEqual(result('5', 'e'))
    peer.say(result(String(another['invocationId']), 'so'))
    expect(await answer).toBe('so')
    peer.call('6', 'quick', 'f')
    open('d')
    expect(await peer.take(2)).toEqual([result('4', 'd'), result('6', 'f')])
  })

  test('take their slot back, before those that have not begun', async () => {
    const { open, definition } = slow()
    const peer = await setUp(definition).connect()
    peer.call('1', 'ask')
    const question = await peer.next()
    peer.call('2', 'slow', 'b')
    peer.call('3', 'slow', 'c')
    peer.say(result(String(question['invocationId']), 'because'))
    for (let count = 0; count < 100; count++) await undefined
    open('b')
    expect(await peer.take(2)).toEqual([result('2', 'b'), result('1', 'because')])
  })
})
