import { describe, expect, test } from 'vitest'
import { Events } from '../../src/runtime/events.ts'

interface Names {
  ring: readonly [times: number, by: string]
  knock: readonly []
}

function setUp() {
  const thrown: unknown[][] = []
  const events = new Events<Names>({ ring: true, knock: true }, (...args) => thrown.push(args))
  return { events, thrown }
}

describe('events', () => {
  test('reach every listener of their name, with all arguments, in order', () => {
    const { events } = setUp()
    const heard: unknown[] = []
    events.on('ring', (...args) => heard.push('first', ...args))
    events.on('ring', (...args) => heard.push('second', ...args))
    events.on('knock', () => heard.push('knock'))
    events.emit('ring', 2, 'the postman')
    expect(heard).toEqual(['first', 2, 'the postman', 'second', 2, 'the postman'])
  })

  test('may reach nobody', () => {
    const { events, thrown } = setUp()
    events.emit('knock')
    expect(thrown).toEqual([])
  })

  test('reach nobody who has stopped to listen', () => {
    const { events } = setUp()
    let heard = 0
    const stop = events.on('knock', () => heard++)
    stop()
    stop()
    events.emit('knock')
    expect(heard).toBe(0)
  })

  test('reach the others when a listener stops from within', () => {
    const { events } = setUp()
    const heard: string[] = []
    const stop = events.on('knock', () => {
      heard.push('first')
      stop()
    })
    events.on('knock', () => heard.push('second'))
    events.emit('knock')
    events.emit('knock')
    expect(heard).toEqual(['first', 'second', 'second'])
  })

  test('reach a listener once that stops and listens again from within', () => {
    const { events } = setUp()
    let heard = 0
    let stop = (): void => {}
    const listen = (): void => {
      stop()
      // Bounded, so that the test fails instead of hanging.
      if (++heard < 10) stop = events.on('knock', listen)
    }
    stop = events.on('knock', listen)
    events.emit('knock')
    expect(heard).toBe(1)
    events.emit('knock')
    expect(heard).toBe(2)
  })

  test('reach a function twice that listens twice, and once when it has stopped once', () => {
    const { events } = setUp()
    let heard = 0
    const listen = (): number => heard++
    const stop = events.on('knock', listen)
    events.on('knock', listen)
    events.emit('knock')
    expect(heard).toBe(2)
    stop()
    events.emit('knock')
    expect(heard).toBe(3)
  })

  test('reach the others when a listener throws, and the throw is told', () => {
    const { events, thrown } = setUp()
    const error = new Error('broken')
    let heard = 0
    events.on('knock', () => {
      throw error
    })
    events.on('knock', () => heard++)
    events.emit('knock')
    expect(heard).toBe(1)
    expect(thrown).toEqual([[error, 'knock']])
  })

  const error = new Error('broken')
  test.each([
    ['a promise', () => Promise.reject(error)],
    [
      'a promise of another kind',
      // biome-ignore lint/suspicious/noThenProperty: that is what it is about
      () => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(error) }),
    ],
  ])('have a listener told too that returns %s, which rejects', async (_name, listener) => {
    const { events, thrown } = setUp()
    events.on('knock', listener)
    events.emit('knock')
    await new Promise(setImmediate)
    expect(thrown).toEqual([[error, 'knock']])
  })

  test('take a function and nothing else', () => {
    const { events } = setUp()
    // What the type forbids, plain JavaScript can still do.
    const listener = 'me' as unknown as () => void
    const listen = () => events.on('knock', listener)
    expect(listen).toThrow(TypeError)
    expect(listen).toThrow('The listener of "knock" must be a function, got "me".')
  })

  test('that there are not cannot be listened to, and the one that was meant is told', () => {
    const { events } = setUp()
    // As plain JavaScript can call it.
    const on = events.on.bind(events) as (name: string, listener: () => void) => unknown
    expect(() => on('nock', () => {})).toThrow(
      new TypeError('Unknown event "nock". Did you mean "knock"?'),
    )
    expect(() => on('toString', () => {})).toThrow(
      new TypeError('Unknown event "toString". Known events are ring, knock.'),
    )
  })
})
