import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { streamOf } from '../src/definition/parameter.ts'
import { HubError } from '../src/errors/hub-error.ts'
import { define, gate, method, setUp } from './support/one-hub.ts'
import { end, failure, item, result } from './support/peer.ts'

function streams() {
  const told: string[] = []
  const ended = gate()
  const definition = define({
    count: method([z.int()], async function* (_, to) {
      for (let i = 0; i < to; i++) yield i
    }),
    sync: method([z.int()], function* (_, to) {
      for (let i = 0; i < to; i++) yield i
    }),
    returned: method([], async () => {
      told.push('returned')
      return {
        async *[Symbol.asyncIterator]() {
          yield 'a'
        },
      }
    }),
    list: method([], () => [1, 2]),
    sum: method([streamOf(z.int())], async (_, items) => {
      let sum = 0
      for await (const one of items) sum += one
      return sum
    }),
    fail: method([], async function* () {
      yield 1
      throw new HubError('enough')
    }),
    failPlain: method([], async function* () {
      yield 1
      throw new Error('secret')
    }),
    failFirst: method([], async (): Promise<AsyncIterable<number>> => {
      throw new HubError('never')
    }),
    forever: method([], async function* (call) {
      try {
        for (let i = 0; ; i++) {
          yield i
          told.push(`after ${i}`)
          if (call.signal.aborted) return
        }
      } finally {
        told.push('ended')
        ended.open()
      }
    }),
    waits: method([], async function* (call) {
      try {
        yield 0
        await new Promise((_, reject) =>
          call.signal.addEventListener('abort', () => reject(new Error('aborted'))),
        )
      } finally {
        told.push('ended')
        ended.open()
      }
    }),
    deaf: method([], async function* () {
      yield 0
      await new Promise(() => {})
    }),
    deafAtFirst: method([], () => new Promise<AsyncIterable<number>>(() => {})),
    unwritable: method([], async function* () {
      try {
        yield 1n
      } finally {
        told.push('ended')
      }
    }),
    plain: method([], () => 1),
  })
  return { told, ended: ended.promise, definition }
}

describe('a stream', () => {
  test('gives what its method yields, and its end', async () => {
    const peer = await setUp(streams().definition).connect()
    for (const name of ['count', 'sync']) {
      peer.stream('1', name, 3)
      expect(await peer.take(4)).toEqual([item('1', 0), item('1', 1), item('1', 2), end('1')])
    }
    peer.stream('2', 'returned')
    expect(await peer.take(2)).toEqual([item('2', 'a'), end('2')])
  })

  test('that fails is told of it, and why only by a HubError', async () => {
    const { definition, told } = streams()
    const { connect, errors } = setUp(definition)
    const peer = await connect()
    const text = 'An error occurred on the server while streaming results.'
    peer.stream('1', 'fail')
    expect(await peer.take(2)).toEqual([item('1', 1), failure('1', `${text} HubException: enough`)])
    peer.stream('2', 'failPlain')
    expect(await peer.take(2)).toEqual([item('2', 1), failure('2', text)])
    peer.stream('3', 'failFirst')
    expect(await peer.next()).toEqual(
      failure(
        '3',
        "An unexpected error occurred invoking 'failFirst' on the server. HubException: never",
      ),
    )
    peer.stream('4', 'unwritable')
    expect(await peer.next()).toEqual(failure('4', text))
    expect(told).toEqual(['ended'])
    expect(errors).toHaveLength(2)
  })

  test.each(['now', 'later'] as const)(
    'that cannot be begun fails alone, where it is returned %s',
    async (name) => {
      const locked = new ReadableStream()
      locked.getReader()
      const both = define({
        now: method([], () => locked as AsyncIterable<unknown>),
        later: method([], async () => locked as AsyncIterable<unknown>),
        plain: method([], () => 1),
      })
      const { connect, errors } = setUp(both)
      const peer = await connect()
      const text = `An unexpected error occurred invoking '${name}' on the server.`
      peer.stream('1', name)
      expect(await peer.next()).toEqual(failure('1', text))
      expect(await peer.ask(name)).toEqual(failure('ask', text))
      expect(errors).toEqual([expect.any(TypeError), expect.any(TypeError)])
      expect(await peer.ask('plain')).toEqual(result('ask', 1))
    },
  )

  test('is no call, and a call is no stream', async () => {
    const peer = await setUp(streams().definition).connect()
    const streaming = (name: string) =>
      `The client attempted to invoke the streaming '${name}' method with a non-streaming invocation.`
    const plain = (name: string) =>
      `The client attempted to invoke the non-streaming '${name}' method with a streaming invocation.`
    expect(await peer.ask('COUNT', 3)).toEqual(failure('ask', streaming('count')))
    expect(await peer.ask('returned')).toEqual(failure('ask', streaming('returned')))
    peer.stream('1', 'plain')
    peer.stream('2', 'list')
    expect(await peer.take(2)).toEqual([failure('1', plain('plain')), failure('2', plain('list'))])
    expect(await peer.ask('list')).toEqual(result('ask', [1, 2]))
  })

  test('that is cancelled ends its method, and is told of the end without an error', async () => {
    const { definition, told, ended } = streams()
    const peer = await setUp(definition).connect()
    peer.stream('1', 'waits')
    expect(await peer.next()).toEqual(item('1', 0))
    peer.say({ type: 5, invocationId: '1' })
    await ended
    expect(await peer.next()).toEqual(end('1'))
    expect(told).toEqual(['ended'])
  })

  test('ends its method when the connection ends', async () => {
    const { definition, ended } = streams()
    const peer = await setUp(definition).connect()
    peer.stream('1', 'waits')
    await peer.next()
    peer.client.vanish()
    await ended
  })

  test('asks its method for no more than the client takes', async () => {
    const { definition, told, ended } = streams()
    const { connect } = setUp(definition)
    const peer = await connect('', { networkBuffer: 100 })
    peer.client.pause()
    peer.stream('1', 'forever')
    for (let count = 0; count < 1_000; count++) await undefined
    // Each item takes 36 bytes, and one may wait.
    const paused = told.length
    expect(paused).toBeLessThan(5)
    peer.client.resume()
    expect(await peer.take(3)).toHaveLength(3)
    for (let count = 0; count < 1_000; count++) await undefined
    expect(told.length).toBeGreaterThan(paused)
    peer.client.vanish()
    await ended
  })

  test('lets others have their turn of the event loop', async () => {
    const { definition, told } = streams()
    const { connect, clock } = setUp(definition)
    const peer = await connect()
    peer.stream('1', 'forever')
    for (let count = 0; count < 10_000; count++) await undefined
    expect(told.length).toBeLessThan(200)
    const before = told.length
    clock.endTurn()
    for (let count = 0; count < 10_000; count++) await undefined
    expect(told.length).toBeGreaterThan(before)
    peer.client.vanish()
  })

  test('has an id that no other has at the same time', async () => {
    const { definition } = streams()
    const peer = await setUp(definition).connect()
    peer.stream('1', 'waits')
    await peer.next()
    peer.stream('1', 'count', 3)
    expect(await peer.next()).toEqual(failure('1', "Invocation ID '1' is already in use."))
    peer.say({ type: 5, invocationId: '1' })
    expect(await peer.next()).toEqual(end('1'))
    peer.stream('1', 'count', 0)
    expect(await peer.next()).toEqual(end('1'))
  })

  test('is one of as many as maxStreams says', async () => {
    const { definition } = streams()
    const peer = await setUp(definition, { maxStreams: 2 }).connect()
    peer.stream('1', 'waits')
    peer.stream('2', 'waits')
    await peer.take(2)
    peer.stream('3', 'count', 0)
    expect(await peer.next()).toEqual(
      failure(
        '3',
        "An unexpected error occurred invoking 'count' on the server. HubException: The connection has too many streams (maxStreams is 2). End one first.",
      ),
    )
    peer.say({ type: 5, invocationId: '1' })
    expect(await peer.next()).toEqual(end('1'))
    peer.stream('3', 'count', 0)
    expect(await peer.next()).toEqual(end('3'))
    // Those that the client sends count as well, until they have ended.
    const upload = { type: 1, invocationId: '4', target: 'sum', arguments: [], streamIds: ['u'] }
    for (let round = 0; round < 3; round++) {
      peer.say(upload, end('u'))
      expect(await peer.next()).toEqual(result('4', 0))
    }
    peer.say(upload)
    peer.stream('5', 'count', 0)
    expect(await peer.next()).toHaveProperty('error')
  })

  test.each(['deaf', 'deafAtFirst'] as const)(
    'that is cancelled counts no longer after five seconds, though its method %s goes on',
    async (name) => {
      const { definition } = streams()
      const { connect, clock, errors } = setUp(definition, { maxStreams: 1 })
      const peer = await connect()
      peer.stream('1', name)
      if (name === 'deaf') expect(await peer.next()).toEqual(item('1', 0))
      const cancel = { type: 5, invocationId: '1' }
      peer.say(cancel, cancel)
      clock.advance(4_999)
      peer.stream('2', 'count', 0)
      expect(await peer.next()).toHaveProperty('error', expect.stringContaining('maxStreams is 1'))
      expect(errors).toEqual([])
      clock.advance(1)
      expect(await peer.next()).toEqual(end('1'))
      expect(errors).toEqual([
        new Error(
          `The stream ${name} went on for 5000 ms after its client had cancelled it. Its method should end when call.signal is aborted.`,
        ),
      ])
      peer.stream('2', 'count', 0)
      expect(await peer.next()).toEqual(end('2'))
    },
  )

  test('that is cancelled and ends in time is told of once', async () => {
    const { definition, ended } = streams()
    const { connect, clock, errors } = setUp(definition)
    const peer = await connect()
    peer.stream('1', 'waits')
    await peer.next()
    peer.say({ type: 5, invocationId: '1' })
    await ended
    expect(await peer.next()).toEqual(end('1'))
    clock.advance(5_000)
    expect(await peer.settled()).toEqual([])
    expect(errors).toEqual([])
  })

  test('that is cancelled before its turn is not run', async () => {
    const { definition, told } = streams()
    const slow = gate()
    const both = define({ ...definition.methods, slow: method([], () => slow.promise) })
    const peer = await setUp(both).connect()
    peer.call('1', 'slow')
    peer.call('2', 'plain')
    for (const [id, name] of [
      ['3', 'waits'],
      ['4', 'returned'],
    ] as const) {
      peer.stream(id, name)
      peer.say({ type: 5, invocationId: id })
    }
    slow.open()
    expect(await peer.take(4)).toEqual([result('1', null), result('2', 1), end('3'), end('4')])
    expect(told).toEqual([])
  })
})
