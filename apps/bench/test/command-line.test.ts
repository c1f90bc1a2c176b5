import { afterEach, expect, test, vi } from 'vitest'
import { parseCommandLine } from '../src/command-line.ts'

afterEach(() => vi.restoreAllMocks())

test('what a script runner puts before the arguments is not one of them', () => {
  expect(parseCommandLine(['--', '--rounds', '5']).rounds).toBe(5)
})

test('names come with commas between them, or in several options', () => {
  expect(parseCommandLine(['--only', 'ws, adapter-ws', '--only', '64x1']).only).toEqual([
    'ws',
    'adapter-ws',
    '64x1',
  ])
})

test.each([
  ['--rounds', '0'],
  ['--rounds', '1.5'],
  ['--rounds', '101'],
  ['--seconds', '0'],
  ['--seconds', 'one'],
  ['--idle-seconds', '601'],
  ['--idle-warm-up', '0'],
])('%s %s is refused', (...args) => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(() => parseCommandLine(args)).toThrow(args[0])
})
