import { describe, expect, test } from 'vitest'
import { checkCloseArguments } from '../../src/connection/close.ts'
import { show } from '../../src/runtime/show.ts'

describe('a close code', () => {
  test.each([1000, 1001, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000, 4999])(
    'of %i may be sent',
    (code) => {
      expect(() => checkCloseArguments(code, '')).not.toThrow()
    },
  )

  test.each([
    -1,
    0,
    999,
    1002,
    1004,
    1005,
    1006,
    1015,
    1016,
    2999,
    5000,
    65_535,
    1000.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('of %d may not be sent', (code) => {
    expect(() => checkCloseArguments(code, '')).toThrow(RangeError)
    expect(() => checkCloseArguments(code, '')).toThrow(
      `Close code ${code} may not be sent. Use 1000,`,
    )
  })

  test.each(['1000', null, {}, true])('must be a number, not %j', (code) => {
    // What the type forbids, plain JavaScript can still do.
    const check = () => checkCloseArguments(code as number, '')
    expect(check).toThrow(TypeError)
    expect(check).toThrow(`Close code must be a number, got ${show(code)}.`)
  })
})

describe('a close reason', () => {
  test.each([
    ['ASCII', 'a'.repeat(123)],
    ['two-byte letters', `${'é'.repeat(61)}a`],
    ['three-byte letters', '€'.repeat(41)],
    ['four-byte letters', `${'😀'.repeat(30)}abc`],
    ['lone surrogates', '\ud83d'.repeat(41)],
  ])('of 123 bytes of %s may be sent, one more may not', (_name, reason) => {
    expect(() => checkCloseArguments(1000, reason)).not.toThrow()
    expect(() => checkCloseArguments(1000, `${reason}a`)).toThrow(RangeError)
    expect(() => checkCloseArguments(1000, `${reason}a`)).toThrow(
      'at most 123 bytes of UTF-8, got 124.',
    )
  })

  test.each([null, 5, {}])('must be a string, not %j', (reason) => {
    // What the type forbids, plain JavaScript can still do.
    const check = () => checkCloseArguments(1000, reason as string)
    expect(check).toThrow(TypeError)
    expect(check).toThrow(`Close reason must be a string, got ${show(reason)}.`)
  })
})
