import { expect, test } from 'vitest'
import { checkNames, checkObject } from '../../src/runtime/option-error.ts'

test('an unknown option is refused, with those that are known', () => {
  const check = (): void => checkNames({ burst: 1, url: 2 }, ['messages', 'burst'], 'rate.')
  expect(check).toThrow(expect.objectContaining({ name: 'OptionError', option: 'rate.url' }))
  expect(check).toThrow('Unknown option "rate.url". Known options are messages, burst.')
})

test('a mistyped option is refused, with the one that is meant', () => {
  const check = (): void => checkNames({ bust: 1 }, ['burst'], 'rate.')
  expect(check).toThrow('Unknown option "rate.bust". Did you mean "rate.burst"?')
})

test.each([undefined, null, 5, 'a', [], [1]].map((value) => [value]))(
  '%j holds no options',
  (value) => {
    const check = (): void => checkObject('shutdown', value)
    expect(check).toThrow(expect.objectContaining({ name: 'OptionError', option: 'shutdown' }))
    expect(check).toThrow('shutdown must be an object of options')
  },
)
