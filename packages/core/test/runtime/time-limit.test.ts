import { expect, test } from 'vitest'
import { withinLimit } from '../../src/runtime/time-limit.ts'

const never = new Promise<never>(() => {})

test('what settles within its limit is given back', async () => {
  expect(await withinLimit(Promise.resolve(5), 60_000)).toBe(5)
  await expect(withinLimit(Promise.reject(new Error('no')), 60_000)).rejects.toThrow('no')
})

test('what does not is rejected with the limit', async () => {
  await expect(withinLimit(never, 1)).rejects.toThrow('It did not answer within 1 ms.')
})
