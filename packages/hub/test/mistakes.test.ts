import { OptionError } from '@wirebeat/core'
import { createTopics } from '@wirebeat/topics'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { streamOf } from '../src/definition/parameter.ts'
import { createHub } from '../src/hub.ts'
import { define, method, setUp } from './support/one-hub.ts'

const empty = define({})

describe('createHub', () => {
  test.each([
    [{ maxRecordSize: 0 }, 'maxRecordSize must be a whole number of bytes from 1 to 1,073,741,824'],
    [{ maxParallelCalls: 0 }, 'maxParallelCalls must be a whole number of calls from 1 to 10,000'],
    [{ maxWaitingCalls: 0 }, 'maxWaitingCalls must be a whole number of calls from 1 to 10,000'],
    [{ maxStreams: 0 }, 'maxStreams must be a whole number of streams from 1 to 1,000,000'],
    [{ maxUploadItems: 0.5 }, 'maxUploadItems must be a whole number of items from 1 to 10,000'],
    [{ maxGroups: '1' }, 'maxGroups must be a whole number of groups from 1 to 1,000,000'],
    [{ maxIdLength: 0 }, 'maxIdLength must be a whole number of characters from 1 to 32,768'],
    [{ receiveBufferSize: 0 }, 'receiveBufferSize must be a whole number of bytes from 1 to'],
    [{ handshakeTimeout: 0 }, 'handshakeTimeout must be a whole number of milliseconds from 1 to'],
    [{ name: '' }, 'name must be a string of 1 to 40 bytes of UTF-8, without control characters'],
    [{ name: 'x'.repeat(41) }, 'name must be a string of 1 to 40 bytes of UTF-8'],
    [{ name: '語'.repeat(14) }, 'name must be a string of 1 to 40 bytes of UTF-8'],
    [{ topics: {} }, 'topics must be made by createTopics, got an object.'],
    [{ userId: 'name' }, 'userId must be a function, got "name".'],
    [{ expiresAt: 7 }, 'expiresAt must be a function, got 7.'],
    [{ connected: 7 }, 'connected must be a function, got 7.'],
    [{ disconnected: 7 }, 'disconnected must be a function, got 7.'],
    [{ filters: 7 }, 'filters must be a list of functions, got 7.'],
    [{ filters: [7] }, 'filters[0] must be a function, got 7.'],
    [{ encodings: 7 }, 'encodings must be a list of encodings, got 7.'],
    [{ encodings: ['json'] }, 'encodings[0] must be messagepack(), got "json".'],
    [{ detailedErrors: 1 }, 'detailedErrors must be true or false, got 1.'],
    [{ onError: 7 }, 'onError must be a function, got 7.'],
    [{ clock: {} }, 'clock must be an object with now(), schedule(), afterArrivals(), afterTurn()'],
    [{ maxGroup: 7 }, 'Unknown option "maxGroup". Did you mean "maxGroups"?'],
  ])('refuses %j', (options, text) => {
    // @ts-expect-error a mistake
    expect(() => createHub(empty, options)).toThrow(text)
  })

  test('takes a name of 40 bytes, with which groups of 200 bytes have room', async () => {
    const join = method([z.string()], (call, group) => call.groups.add(group))
    const peer = await setUp(define({ join }), { name: `${'語'.repeat(13)}x` }).connect()
    expect(await peer.ask('join', 'g'.repeat(200))).toMatchObject({ result: true })
  })

  test('refuses what is no definition', () => {
    // @ts-expect-error a mistake
    expect(() => createHub({})).toThrow(
      'The first argument of createHub must be what define(...) has returned, got an object.',
    )
  })

  test('takes topics with its encodings', () => {
    createHub(empty, { topics: createTopics({ encodings: ['json', 'messagepack'] }) })
    // @ts-expect-error topics that know no such encodings
    createHub(empty, { topics: createTopics() })
  })
})

describe('define', () => {
  test('refuses what is no method, and names that differ in case only', () => {
    // @ts-expect-error a mistake
    expect(() => define({ say() {} })).toThrow('methods.say must be a method(...), got a function.')
    // @ts-expect-error a mistake
    expect(() => define(7)).toThrow('The argument of define must be an object of options, got 7.')
    const say = method([], () => {})
    expect(() => define({ say, Say: say })).toThrow(
      'methods.Say must have another name than say, without regard to case.',
    )
  })

  test('takes own members only', async () => {
    const inherited = Object.create({ hidden: method([], () => 'hidden') })
    inherited.shown = method([], () => 'shown')
    const peer = await setUp(define(inherited)).connect()
    expect(await peer.ask('hidden')).toHaveProperty('error')
    expect(await peer.ask('shown')).toMatchObject({ result: 'shown' })
  })
})

describe('method', () => {
  test('refuses what is no schema, and no function', () => {
    // @ts-expect-error a mistake
    expect(() => method(z.string(), () => {})).toThrow(
      'The first argument of method must be a list of schemas, got',
    )
    // @ts-expect-error a mistake
    expect(() => method([z.string(), 'string'], () => {})).toThrow(
      'The first argument of method[1] must be a Standard Schema or streamOf(...), got "string".',
    )
    // @ts-expect-error a mistake
    expect(() => method([], 7)).toThrow('The second argument of method must be a function, got 7.')
    // @ts-expect-error a mistake
    expect(() => streamOf('int')).toThrow(
      'The argument of streamOf must be a Standard Schema, got "int".',
    )
  })
})

describe('disconnect', () => {
  test.each([
    [
      {},
      undefined,
      'The first argument of disconnect must be a user or a connection, got an object.',
    ],
    [{ user: 'a', connection: 'b' }, undefined, 'must be a user or a connection'],
    [7, undefined, 'The first argument of disconnect must be an object of options, got 7.'],
    [{ group: 'a' }, undefined, 'Unknown option "group".'],
    [{ user: 'a' }, { allowReconnect: 1 }, 'allowReconnect must be true or false, got 1.'],
    [{ user: 'a' }, { allow: true }, 'Unknown option "allow".'],
    [{ user: '' }, undefined, 'user must be a string of 1 to 200 bytes'],
  ])('refuses %j %j', async (target, options, text) => {
    const { hub } = setUp(empty)
    // @ts-expect-error a mistake
    const disconnected = hub.disconnect(target, options)
    await expect(disconnected).rejects.toThrow(OptionError)
    await expect(disconnected).rejects.toThrow(text)
  })
})

describe('close', () => {
  test.each([
    [7, 'The argument of close must be an object of options, got 7.'],
    [{ deadlin: 1 }, 'Unknown option "deadlin". Did you mean "deadline"?'],
    [
      { deadline: -1 },
      'deadline must be a whole number of milliseconds from 0 to 2,147,483,647, got -1.',
    ],
  ])('refuses %j', async (options, text) => {
    const { hub } = setUp(empty)
    // @ts-expect-error a mistake, but for the number
    const closed = hub.close(options)
    await expect(closed).rejects.toThrow(OptionError)
    await expect(closed).rejects.toThrow(text)
  })
})
