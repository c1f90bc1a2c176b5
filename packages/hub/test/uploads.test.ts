import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { streamOf } from '../src/definition/parameter.ts'
import { HubError } from '../src/errors/hub-error.ts'
import { define, gate, method, setUp } from './support/one-hub.ts'
import { end, failure, item, type Peer, result } from './support/peer.ts'

async function sumOf(items: AsyncIterable<number>): Promise<number> {
  let sum = 0
  for await (const one of items) sum += one
  return sum
}

function uploads() {
  const go = gate()
  const failed = gate<unknown>()
  let quickCalls = 0
  const definition = define({
    sum: method([streamOf(z.int())], (_, items) => sumOf(items)),
    two: method([streamOf(z.int()), z.string(), streamOf(z.string())], async (_, a, name, b) => {
      let text = name
      const sum = await sumOf(a)
      for await (const one of b) text += one
      return `${sum}:${text}`
    }),
    some: method([z.int(), streamOf(z.int())], async (_, count, items) => {
      let sum = 0
      let left = count
      for await (const one of items) {
        sum += one
        if (--left === 0) break
      }
      return sum
    }),
    later: method([streamOf(z.int())], async (_, items) => {
      await go.promise
      return sumOf(items)
    }),
    watched: method([streamOf(z.int())], async (_, items) => {
      try {
        return await sumOf(items)
      } catch (error) {
        failed.open(error)
        throw error
      }
    }),
    echo: method([streamOf(z.unknown())], async function* (_, items) {
      yield* items
    }),
    quick: method([], () => {
      quickCalls++
      return 'quick'
    }),
  })
  return {
    definition,
    go: () => go.open(),
    failed: failed.promise,
    /** How often `quick` has run. */
    quickCalls: () => quickCalls,
  }
}

const start = (peer: Peer, target: string, streamIds: readonly string[], ...args: unknown[]) =>
  peer.say({ type: 1, invocationId: 'call', target, arguments: args, streamIds })

describe('a stream of the client', () => {
  test('is read by its method', async () => {
    const peer = await setUp(uploads().definition).connect()
    start(peer, 'sum', ['s'])
    peer.say(item('s', 1), item('s', 2), end('s'))
    expect(await peer.next()).toEqual(result('call', 3))
  })

  test('may be one of several, among other arguments', async () => {
    const peer = await setUp(uploads().definition).connect()
    start(peer, 'two', ['a', 'b'], 'x')
    peer.say(item('b', 'y'), item('a', 1), end('b'), item('a', 2), end('a'))
    expect(await peer.next()).toEqual(result('call', '3:xy'))
  })

  test('may be answered by a stream', async () => {
    const peer = await setUp(uploads().definition).connect()
    peer.say({ type: 4, invocationId: 'call', target: 'echo', arguments: [], streamIds: ['s'] })
    for (const value of [1, null, { a: [] }]) {
      peer.say(item('s', value))
      expect(await peer.next()).toEqual(item('call', value))
    }
    peer.say(end('s'))
    expect(await peer.next()).toEqual(end('call'))
  })

  test('need not be read to its end', async () => {
    const peer = await setUp(uploads().definition).connect()
    start(peer, 'some', ['s'], 2)
    for (let value = 1; value <= 50; value++) peer.say(item('s', value))
    expect(await peer.next()).toEqual(result('call', 3))
    peer.say(item('s', 4), end('s'))
    expect(await peer.ask('quick')).toEqual(result('ask', 'quick'))
  })

  test('whose item does not fit fails its call', async () => {
    const peer = await setUp(uploads().definition).connect()
    start(peer, 'sum', ['s'])
    peer.say(item('s', 1), item('s', 'x'), item('s', 2), end('s'))
    expect(await peer.next()).toEqual(
      failure(
        'call',
        "An unexpected error occurred invoking 'sum' on the server. HubException: Failed to bind Stream message.",
      ),
    )
    expect(await peer.ask('quick')).toEqual(result('ask', 'quick'))
  })

  test('whose item does not fit says why where errors are detailed', async () => {
    const peer = await setUp(uploads().definition, { detailedErrors: true }).connect()
    start(peer, 'sum', ['s'])
    peer.say(item('s', 'x'), end('s'))
    expect(await peer.next()).toEqual(
      failure(
        'call',
        "An unexpected error occurred invoking 'sum' on the server. HubException: Failed to bind Stream message. InvalidDataException: Invalid input: expected number, received string",
      ),
    )
  })

  test('that ends with an error throws it in its method', async () => {
    const peer = await setUp(uploads().definition).connect()
    start(peer, 'sum', ['s'])
    peer.say(item('s', 1), failure('s', 'the file is gone'))
    expect(await peer.next()).toEqual(
      failure(
        'call',
        "An unexpected error occurred invoking 'sum' on the server. HubException: the file is gone",
      ),
    )
  })

  test('that ends with its connection is not taken for whole', async () => {
    const { definition, failed } = uploads()
    const { connect, errors } = setUp(definition)
    const peer = await connect()
    start(peer, 'watched', ['s'])
    peer.say(item('s', 1))
    peer.client.vanish()
    expect(await failed).toBeInstanceOf(HubError)
    await turn()
    expect(errors).toEqual([])
  })

  test('stops the reading when more items wait than maxUploadItems', async () => {
    const { definition, go, quickCalls } = uploads()
    const { connect } = setUp(definition)
    const peer = await connect()
    start(peer, 'later', ['s'])
    for (let value = 1; value <= 10; value++) peer.say(item('s', value))
    expect(await peer.ask('quick')).toEqual(result('ask', 'quick'))
    peer.say(item('s', 11))
    peer.call('behind', 'quick')
    peer.say(item('s', 12), end('s'))
    for (let count = 0; count < 100; count++) await undefined
    // What is behind the eleventh item has not been read.
    expect(quickCalls()).toBe(1)
    go()
    expect(await peer.take(2)).toEqual([result('behind', 'quick'), result('call', 78)])
  })

  test('counts for maxStreams until its call has ended, also where it has ended itself', async () => {
    const { definition, go } = uploads()
    const peer = await setUp(definition, { maxStreams: 2 }).connect()
    const upload = (id: string) => ({
      type: 1,
      invocationId: id,
      target: 'later',
      arguments: [],
      streamIds: ['s'],
    })
    for (const id of ['1', '2', '3']) peer.say(upload(id), item('s', 1), end('s'))
    expect(await peer.next()).toEqual(
      failure(
        '3',
        "An unexpected error occurred invoking 'later' on the server. HubException: The connection has too many streams (maxStreams is 2). End one first.",
      ),
    )
    go()
    expect(await peer.take(2)).toEqual([result('1', 1), result('2', 1)])
    for (const id of ['4', '5', '6']) {
      peer.say(upload(id), item('s', 1), end('s'))
      expect(await peer.next()).toEqual(result(id, 1))
    }
  })

  test('must be sent where a method takes one, and only there', async () => {
    const peer = await setUp(uploads().definition).connect()
    const text = (name: string, sent: number, expected: number) =>
      `An unexpected error occurred invoking '${name}' on the server. HubException: Client sent ${sent} stream(s), Hub method expects ${expected}.`
    start(peer, 'sum', [])
    expect(await peer.next()).toEqual(failure('call', text('sum', 0, 1)))
    start(peer, 'sum', ['a', 'b'])
    expect(await peer.next()).toEqual(failure('call', text('sum', 2, 1)))
    start(peer, 'quick', ['a'])
    expect(await peer.next()).toEqual(failure('call', text('quick', 1, 0)))
  })

  test('belongs to the later of two calls that name it, and fails the earlier', async () => {
    const peer = await setUp(uploads().definition).connect()
    peer.say({ type: 1, invocationId: '1', target: 'sum', arguments: [], streamIds: ['s'] })
    peer.say({ type: 1, invocationId: '2', target: 'sum', arguments: [], streamIds: ['s'] })
    peer.say(item('s', 1), end('s'))
    const [first, second] = await peer.take(2)
    expect(first).toHaveProperty('error')
    expect(second).toEqual(result('2', 1))
  })

  test('that nobody has named is ignored', async () => {
    const peer = await setUp(uploads().definition).connect()
    peer.say(item('s', 1), end('s'), { type: 5, invocationId: 's' })
    expect(await peer.ask('quick')).toEqual(result('ask', 'quick'))
  })
})
