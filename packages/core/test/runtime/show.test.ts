import { expect, test } from 'vitest'
import { show } from '../../src/runtime/show.ts'

test.each([
  ['text', '"text"'],
  ['a\n"b"', String.raw`"a\n\"b\""`],
  ['x'.repeat(81), `"${'x'.repeat(80)}…"`],
  [0, '0'],
  [1_073_741_824, '1,073,741,824'],
  [-5_000, '-5,000'],
  [1000.5, '1000.5'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [1e300, '1e+300'],
  [5n, '5n'],
  [Symbol('a'), 'Symbol(a)'],
  [null, 'null'],
  [undefined, 'undefined'],
  [true, 'true'],
  [/a/g, '/a/g'],
  [() => {}, 'a function'],
  [[1, 2], 'a list'],
  [[], 'an empty list'],
  [Promise.resolve(), 'a promise'],
  [{}, 'an object'],
])('%o is shown as %s', (value, shown) => {
  expect(show(value)).toBe(shown)
})
