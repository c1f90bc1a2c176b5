import { describe, expect, test } from 'vitest'
import { isThenable, watchRejection } from '../../src/runtime/thenable.ts'

describe('a promise', () => {
  test.each([
    ['of the runtime', Promise.resolve()],
    // biome-ignore lint/suspicious/noThenProperty: that is what it is about
    ['of another library', { then() {} }],
    // biome-ignore lint/suspicious/noThenProperty: that is what it is about
    ['that can be called as well', Object.assign(() => {}, { then() {} })],
  ])('is one %s', (_name, value) => {
    expect(isThenable(value)).toBe(true)
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'then'],
    ['an object without then', {}],
    // biome-ignore lint/suspicious/noThenProperty: that is what it is about
    ['an object whose then cannot be called', { then: 'later' }],
  ])('is not %s', (_name, value) => {
    expect(isThenable(value)).toBe(false)
  })
})

describe('what a function has returned', () => {
  type Settle = (value?: unknown) => void

  const error = new Error('broken')
  test.each([
    ['a promise', () => Promise.reject(error)],
    // biome-ignore lint/suspicious/noThenProperty: that is what it is about
    ['another kind of promise', () => ({ then: (_: Settle, reject: Settle) => reject(error) })],
    [
      'one that throws',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: that is what it is about
        then() {
          throw error
        },
      }),
    ],
    [
      'one that rejects twice',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: that is what it is about
        then(_: Settle, reject: Settle) {
          reject(error)
          reject(error)
        },
      }),
    ],
    [
      'a function that is one',
      () =>
        // biome-ignore lint/suspicious/noThenProperty: that is what it is about
        Object.assign(() => {}, { then: (_: Settle, reject: Settle) => reject(error) }),
    ],
  ])('is told of once when it rejects: %s', async (_name, make) => {
    const told: unknown[] = []
    watchRejection(make(), (reason) => told.push(reason))
    await new Promise(setImmediate)
    expect(told).toEqual([error])
  })

  test.each([[undefined], [null], ['sent'], [Promise.resolve()], [() => {}]])(
    'is nothing to tell of: %s',
    async (value) => {
      const told: unknown[] = []
      watchRejection(value, (reason) => told.push(reason))
      await new Promise(setImmediate)
      expect(told).toEqual([])
    },
  )
})
