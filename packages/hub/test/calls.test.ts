import { MemoryClient } from '@wirebeat/core/testing'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { bytes } from '../src/definition/bytes.ts'
import { HubError } from '../src/errors/hub-error.ts'
import { define, filter, gate, method, setUp } from './support/one-hub.ts'
import { failure, invocation, Peer, result } from './support/peer.ts'

const definition = define({
  Sum: method([z.int(), z.int()], (_, a, b) => a + b),
  Later: method([z.int(), z.int()], async (_, a, b) => a + b),
  Nothing: method([], () => {}),
  Join: method([v.string(), type('string')], (_, a, b) => `${a}-${b}`),
  Trim: method([z.string().transform((text) => text.trim())], (_, text) => text),
  Checked: method(
    [z.string().refine(async (text) => text !== 'bad'), z.int()],
    (_, text, n) => `${text}${n}`,
  ),
  Optional: method([z.string(), z.string().optional(), z.int().default(7)], (_, ...args) => args),
  Reversed: method([bytes()], (_, data) => data.toReversed()),
  Fail: method([], () => {
    throw new Error('secret')
  }),
  FailLater: method([], async () => {
    throw new HubError('The room is full.')
  }),
  Unwritable: method([], () => 1n),
})

describe('a call', () => {
  test('is answered with what its method returns, now or later', async () => {
    const peer = await setUp(definition).connect()
    expect(await peer.ask('Sum', 1, 2)).toEqual(result('ask', 3))
    expect(await peer.ask('Later', 1, 2)).toEqual(result('ask', 3))
    expect(await peer.ask('Nothing')).toEqual(result('ask', null))
  })

  test('finds its method without regard to case', async () => {
    const peer = await setUp(definition).connect()
    expect(await peer.ask('sUM', 1, 2)).toEqual(result('ask', 3))
  })

  test('without an id is not answered, whatever becomes of it', async () => {
    const peer = await setUp(definition).connect()
    for (const name of ['Sum', 'Fail', 'Unwritable', 'Unknown']) peer.call(undefined, name)
    expect(await peer.settled()).toEqual([])
  })

  test('may have arguments that a schema of any library checks, now or later', async () => {
    const peer = await setUp(definition).connect()
    expect(await peer.ask('Join', 'a', 'b')).toEqual(result('ask', 'a-b'))
    expect(await peer.ask('Trim', ' a ')).toEqual(result('ask', 'a'))
    expect(await peer.ask('Checked', 'good', 1)).toEqual(result('ask', 'good1'))
    const refused = failure('ask', "Failed to invoke 'Checked' due to an error on the server.")
    expect(await peer.ask('Checked', 'bad', 1)).toEqual(refused)
    expect(await peer.ask('Checked', 'good', 1.5)).toEqual(refused)
  })

  test('may leave out arguments at the end where undefined fits', async () => {
    const peer = await setUp(definition).connect()
    expect(await peer.ask('Optional', 'a')).toEqual(result('ask', ['a', null, 7]))
    expect(await peer.ask('Optional', 'a', 'b', 1)).toEqual(result('ask', ['a', 'b', 1]))
    expect(await peer.ask('Optional')).toHaveProperty('error')
    expect(await peer.ask('Optional', 'a', 'b', 1, 2)).toHaveProperty('error')
  })

  test('may bring and return bytes', async () => {
    const peer = await setUp(definition).connect()
    expect(await peer.ask('Reversed', 'AQID')).toEqual(result('ask', 'AwIB'))
    expect(await peer.ask('Reversed', '!')).toHaveProperty('error')
    expect(await peer.ask('Reversed', 1)).toHaveProperty('error')
  })

  test('of a method that fails is told of it, and why only by a HubError', async () => {
    const { connect, errors } = setUp(definition)
    const peer = await connect()
    const text = (name: string) => `An unexpected error occurred invoking '${name}' on the server.`
    expect(await peer.ask('fail')).toEqual(failure('ask', text('Fail')))
    expect(await peer.ask('faillater')).toEqual(
      failure('ask', `${text('FailLater')} HubException: The room is full.`),
    )
    expect(errors).toEqual([new Error('secret')])
  })

  test('whose result cannot be written fails alone', async () => {
    const { connect, errors } = setUp(definition)
    const peer = await connect()
    expect(await peer.ask('Unwritable')).toEqual(
      failure('ask', "An unexpected error occurred invoking 'Unwritable' on the server."),
    )
    expect(errors).toHaveLength(1)
    expect(await peer.ask('Sum', 1, 2)).toEqual(result('ask', 3))
  })

  test('of a method that returns or throws the oddest objects fails alone', async () => {
    const odd = define({
      returns: method([], () => ({
        // biome-ignore lint/suspicious/noThenProperty: it is what is odd about it
        get then() {
          throw new HubError('no promise')
        },
      })),
      throws: method([], () => {
        throw Object.create(null)
      }),
      throwsLater: method([], async () => {
        throw Object.create(null)
      }),
      plain: method([], () => 1),
    })
    const peer = await setUp(odd, { detailedErrors: true }).connect()
    const text = (name: string) => `An unexpected error occurred invoking '${name}' on the server.`
    expect(await peer.ask('returns')).toEqual(
      failure('ask', `${text('returns')} HubException: no promise`),
    )
    expect(await peer.ask('throws')).toEqual(failure('ask', `${text('throws')} an object`))
    expect(await peer.ask('throwsLater')).toEqual(
      failure('ask', `${text('throwsLater')} an object`),
    )
    expect(await peer.ask('plain')).toEqual(result('ask', 1))
  })

  test('with wrong arguments fails alone', async () => {
    const { connect, errors } = setUp(definition)
    const peer = await connect()
    const refused = failure('ask', "Failed to invoke 'Sum' due to an error on the server.")
    for (const args of [[], [1], [1, 2, 3], [1, '2'], [1, null], [1, 1.5]]) {
      expect(await peer.ask('sum', ...args)).toEqual(refused)
    }
    expect(errors).toEqual([])
  })

  test.each([
    ['do not fit', [1, 'x']],
    ['are too few', [1]],
    ['make a schema throw', [1, 0]],
  ])('is refused when all its checks have ended, where others %s', async (_, args) => {
    const later = gate<boolean>()
    const seen: unknown[] = []
    const checks = define({
      both: method(
        [
          z.int().refine(() => later.promise, 'no such room'),
          z.int().transform((value) => {
            if (value === 0) throw new Error('broken schema')
            return value
          }),
        ],
        () => 'both',
      ),
    })
    const see = filter(async (_call, next) => {
      try {
        return await next()
      } catch (error) {
        seen.push(error)
        throw error
      }
    })
    const peer = await setUp(checks, { filters: [see] }).connect()
    peer.call('1', 'both', ...args)
    for (let count = 0; count < 100; count++) await undefined
    expect(seen).toEqual([])
    later.open(false)
    expect(await peer.next()).toHaveProperty('error')
    expect(seen).toEqual([
      expect.objectContaining({ message: 'Argument 1 of both does not fit. no such room' }),
    ])
  })

  test('with detailed errors is told more', async () => {
    const { connect } = setUp(definition, { detailedErrors: true })
    const peer = await connect()
    const refused = "Failed to invoke 'Sum' due to an error on the server. InvalidDataException: "
    expect(await peer.ask('Sum', 1)).toEqual(
      failure('ask', `${refused}Invocation provides 1 argument(s) but target expects 2.`),
    )
    expect(await peer.ask('Sum', 1, 'a')).toEqual(
      failure(
        'ask',
        `${refused}Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.`,
      ),
    )
    expect(await peer.ask('Fail')).toEqual(
      failure('ask', "An unexpected error occurred invoking 'Fail' on the server. Error: secret"),
    )
  })

  test.each([
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'connected',
    'disconnected',
    '',
    'Sum ',
  ])('of %j is one of an unknown method', async (name) => {
    const peer = await setUp(definition, { connected() {}, disconnected() {} }).connect()
    const why = 'due to an error on the server. HubException: Method does not exist.'
    expect(await peer.ask(name)).toEqual(failure('ask', `Failed to invoke '${name}' ${why}`))
  })

  test('may come with others in one message, or in pieces', async () => {
    const { endpoint } = setUp(definition)
    const peer = await Peer.connect(endpoint)
    peer.say(invocation('1', 'Sum', 1, 1), invocation('2', 'Sum', 2, 2))
    expect(await peer.take(2)).toEqual([result('1', 2), result('2', 4)])
    const text = `${JSON.stringify(invocation('3', 'Sum', 3, 3))}\u001e`
    for (const character of text) peer.client.send(character)
    expect(await peer.next()).toEqual(result('3', 6))
  })

  test('may come in the message of the handshake', async () => {
    const { endpoint } = setUp(definition)
    const peer = new Peer(await MemoryClient.connect(endpoint))
    peer.say({ protocol: 'json', version: 1 }, invocation('1', 'Sum', 1, 1))
    expect(await peer.take(2)).toEqual([{}, result('1', 2)])
  })
})
