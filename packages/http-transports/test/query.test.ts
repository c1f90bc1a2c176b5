import { expect, test } from 'vitest'
import { tokenOf } from '../src/query.ts'

test.each([
  ['/ws?id=abc', 'abc'],
  ['/ws?id=one.Ab-c_1', 'one.Ab-c_1'],
  ['/ws?id=abc&_=1764380000000', 'abc'],
  ['/ws?ID=abc', 'abc'],
  ['/ws?_=1&id=abc', 'abc'],
  ['/ws?id=a%62c', 'abc'],
  ['/ws?id=a+b', 'a b'],
  ['/ws?id=a&id=b', 'a,b'],
  ['/ws?id=a&Id=b', 'a,b'],
  ['/ws?id=abc&access_token=x', 'abc'],
  ['/ws?other=?id=abc', ''],
  ['/ws?id=', ''],
  ['/ws?id', ''],
  ['/ws', ''],
])('the token of %s is %j', (url, token) => {
  expect(tokenOf(url)).toBe(token)
})
