import { expect, test } from 'vitest'
import { minimise } from '../src/minimise.ts'

const join = (a: string, b: string): string => a + b

test('what is left is the part that fails, and nothing that can go', async () => {
  const fails = async (text: string): Promise<boolean> => /b.*d/.test(text)
  expect(await minimise('aaaabcccccdee', fails, join, Number.POSITIVE_INFINITY)).toBe('bd')
})

test('at the deadline it is what was found so far', async () => {
  expect(await minimise('abcd', async () => true, join, 0)).toBe('abcd')
})
