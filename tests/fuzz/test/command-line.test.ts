import { afterEach, expect, test, vi } from 'vitest'
import { parseCommandLine } from '../src/command-line.ts'

afterEach(() => vi.restoreAllMocks())

test('a million inputs of each kind for each adapter, unless something else is asked for', () => {
  expect(parseCommandLine([])).toEqual({ inputs: 1_000_000 })
  const args = ['--inputs', '5', '--seed', '-1', '--only', 'framing', '--adapter', 'uws']
  expect(parseCommandLine(args)).toEqual({ inputs: 5, seed: -1, only: 'framing', adapter: 'uws' })
})

test.each([
  ['--inputs', '0'],
  ['--seed', '1.5'],
  ['--only', 'origin'],
  ['--adapter', 'other'],
])('%s %s is refused', (...args) => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(() => parseCommandLine(args)).toThrow(args[0])
})
