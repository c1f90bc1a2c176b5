import { describe, expect, test } from 'vitest'
import { isThenable } from '../../src/runtime/thenable.ts'

describe('a promise', () => {
  test.each([
    ['of the runtime', Promise.resolve()],
    // biome-ignore lint/suspicious/noThenProperty: that is what it is about
    ['of another library', { then() {} }],
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
