import {
  type Connection,
  createEndpoint,
  type HandlerSession,
  loop,
  type Session,
} from '@wirebeat/core'
import { describe, expectTypeOf, test } from 'vitest'
import { createTopics, type Topics } from '../src/topics.ts'

declare const connection: Connection<{ readonly name: string }>

describe('the types of topics', () => {
  test('know the encodings', () => {
    const topics = createTopics({ encodings: ['json', 'messagepack'] })
    expectTypeOf(topics).toEqualTypeOf<Topics<'json' | 'messagepack'>>()
    const use = () => {
      topics.subscribe(connection, 'news', { as: 'messagepack' })
      // @ts-expect-error an encoding that these topics do not have
      topics.subscribe(connection, 'news', { as: 'xml' })
      topics.publish('news', {
        encode(encoding) {
          expectTypeOf(encoding).toEqualTypeOf<'json' | 'messagepack'>()
          return encoding === 'json' ? '{}' : new Uint8Array()
        },
      })
      // @ts-expect-error a promise is no message
      topics.publish('news', { encode: async () => '' })
    }
    expectTypeOf(use).toBeFunction()
  })

  test('have one encoding without the option', () => {
    expectTypeOf(createTopics()).toEqualTypeOf<Topics<'raw'>>()
    expectTypeOf(createTopics({ onError() {} })).toEqualTypeOf<Topics<'raw'>>()
  })

  test('do not take their encodings from the place that they are put into', () => {
    // @ts-expect-error these topics have raw messages only
    const topics: Topics<'json'> = createTopics()
    expectTypeOf(topics).toBeObject()
  })

  test('take connections of every context, and stand in sessions of both styles', () => {
    const topics = createTopics()
    const handlers: HandlerSession<{ readonly name: string }> = {
      open: (one) => topics.subscribe(one, `user:${one.context.name}`),
      message: (one, message) => topics.publish('room', message, { except: one }),
    }
    const own: Session<undefined> = loop(async (one) => {
      const subscription = topics.subscribe(one, 'room')
      for await (const message of one) topics.publish('room', message, { except: [one, 'an-id'] })
      subscription.end()
    })
    expectTypeOf(handlers).toExtend<Session<{ readonly name: string }>>()
    expectTypeOf(createEndpoint<undefined>).toBeCallableWith({ session: own })
  })

  test('forbid what is not there', () => {
    const topics = createTopics()
    const use = () => {
      // @ts-expect-error there are two ways to be slow
      topics.subscribe(connection, 'news', { slow: 'queue' })
      // @ts-expect-error an object is no message
      topics.publish('news', { text: 'hello' })
      // @ts-expect-error there is no such event
      topics.on('join', () => {})
    }
    expectTypeOf(use).toBeFunction()
  })
})
