import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { streamOf } from '../src/definition/parameter.ts'
import { define, gate, method, setUp } from './support/one-hub.ts'
import { invocation, result } from './support/peer.ts'

const definition = define({
  length: method([z.string()], (_, text) => text.length),
  sum: method([streamOf(z.int())], () => 0),
  forever: method([], async function* (call) {
    yield 0
    await new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve()))
  }),
})

/** A call of so many bytes, with its end. */
function sized(bytes: number) {
  const empty = JSON.stringify(invocation('1', 'length', '')).length + 1
  return invocation('1', 'length', 'x'.repeat(bytes - empty))
}

describe('a record', () => {
  test('may have 32 KiB, and what is larger is refused by a text that names the limit', async () => {
    const { connect } = setUp(definition)
    const peer = await connect()
    peer.say(sized(32_768))
    expect(await peer.next()).toMatchObject({ invocationId: '1', result: expect.any(Number) })
    peer.say(sized(32_769))
    expect(await peer.next()).toEqual({
      type: 7,
      allowReconnect: true,
      error:
        'Connection closed with an error. InvalidDataException: The maximum message size of 32768B was exceeded. Send less in one message, or raise maxRecordSize of the hub.',
    })
  })

  test('may have as many bytes as maxRecordSize says', async () => {
    const peer = await setUp(definition, { maxRecordSize: 100 }).connect()
    peer.say(sized(100))
    expect(await peer.next()).toMatchObject({ invocationId: '1' })
    peer.say(sized(101))
    expect(await peer.next()).toMatchObject({ type: 7, error: expect.stringContaining('100B') })
  })

  test('that cannot be read ends the connection, and why is told with detailed errors', async () => {
    for (const detailedErrors of [false, true]) {
      const peer = await setUp(definition, { detailedErrors }).connect()
      peer.say({ type: 1, arguments: [] })
      const { error, ...close } = await peer.next()
      expect(close).toEqual({ type: 7, allowReconnect: true })
      const text = 'Connection closed with an error.'
      if (detailedErrors) expect(error).toMatch(/^Connection .+ InvalidDataException: .+target/)
      else expect(error).toBe(text)
    }
  })
})

describe.each([
  ['a stream', (id: string) => ({ ...invocation(id, 'forever'), type: 4 })],
  ['a stream of the client', (id: string) => ({ ...invocation('1', 'sum'), streamIds: [id] })],
  ['the call of such a stream', (id: string) => ({ ...invocation(id, 'sum'), streamIds: ['s'] })],
])('the id of %s', (_, named) => {
  test('may have 128 characters, and what is longer ends the connection', async () => {
    const peer = await setUp(definition).connect()
    peer.say(named('x'.repeat(128)))
    expect(await peer.next()).not.toHaveProperty('type', 7)
    peer.say(named('x'.repeat(129)))
    expect(await peer.next()).toEqual({
      type: 7,
      allowReconnect: true,
      error:
        'Connection closed with an error. The id of a call or stream is too long (maxIdLength is 128).',
    })
  })
})

test('the id of a call without streams may be as long as its record, as of the genuine server', async () => {
  const peer = await setUp(definition).connect()
  const id = 'x'.repeat(30_000)
  peer.call(id, 'length', 'abc')
  expect(await peer.next()).toEqual(result(id, 3))
})

test('a client that sends on to an engine that cannot stop reading ends', async () => {
  const slow = gate()
  const both = define({ ...definition.methods, slow: method([], () => slow.promise) })
  const { hub, endpoint, connect } = setUp(both, { maxWaitingCalls: 1, receiveBufferSize: 1_000 })
  const peer = await connect()
  peer.call('1', 'slow')
  peer.call('2', 'slow')
  const [connection] = endpoint.connections
  if (connection === undefined) expect.fail('there is no connection')
  const data = `${JSON.stringify(invocation('3', 'length', 'x'.repeat(600)))}\u001e`
  // As an engine without pause does.
  for (let count = 0; count < 2; count++) hub.session.message?.(connection, data, 'text')
  expect(connection.isOpen).toBe(true)
  hub.session.message?.(connection, data, 'text')
  expect(await peer.next()).toEqual({
    type: 7,
    allowReconnect: true,
    error:
      'Connection closed with an error. The client sends faster than its calls are handled (receiveBufferSize is 1000).',
  })
  expect(connection.isOpen).toBe(false)
})

test('calls as many as there are limits for are all answered', async () => {
  const { connect, clock } = setUp(definition)
  const peer = await connect()
  for (let index = 0; index < 500; index++) {
    peer.call(`${index}`, 'length', 'x'.repeat(index))
    clock.endTurn()
  }
  const answers = await peer.take(500)
  expect(answers).toEqual(Array.from({ length: 500 }, (_, index) => result(`${index}`, index)))
})
