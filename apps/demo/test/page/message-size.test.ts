import { expect, test } from 'vitest'
import { sizeOver } from '../../page/src/message-size.ts'

test.each([
  [['a'.repeat(10)], undefined],
  [['a'.repeat(11)], 11],
  [['€€€'], undefined],
  [['a', '€€€€'], 12],
  [[new ArrayBuffer(10)], undefined],
  [[new ArrayBuffer(11)], 11],
])('of %j the size over 10 bytes is %j', (messages, size) => {
  expect(sizeOver(messages, 10)).toBe(size)
})
