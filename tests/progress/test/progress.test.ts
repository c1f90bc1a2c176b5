import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Progress } from '../progress.js'

/** A terminal of so many columns, or a file. */
function output(isTTY: boolean, columns = 60) {
  const written: string[] = []
  const stream = {
    isTTY,
    columns,
    rows: 24,
    write(text: string) {
      written.push(text)
      return true
    },
  }
  return { stream, written, all: () => written.join('') }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  vi.stubEnv('TERM', 'xterm')
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

test('nothing of it is written where the output is no terminal', () => {
  const { stream, written } = output(false)
  const progress = new Progress(4, { stream, expected: 8_000 })
  progress.tell('64x1, ws', 1)
  vi.advanceTimersByTime(5_000)
  progress.say('failed: 64x1, ws')
  progress.end()
  expect(written).toEqual(['failed: 64x1, ws\n'])
})

test('nothing of it is written on a terminal that cannot go back', () => {
  vi.stubEnv('TERM', 'dumb')
  const { stream, written } = output(true)
  const progress = new Progress(4, { stream })
  progress.tell('64x1, ws', 1)
  progress.end()
  expect(written).toEqual([])
})

test('it says what runs, how far it is, and how long it will take', () => {
  const { stream, written } = output(true)
  const progress = new Progress(4, { stream, expected: 90_000 })
  const last = () => written.findLast((text) => text.includes('%'))
  progress.tell('64x1, ws', 0)
  expect(last()).toContain('  0 %  1 min 30 s left  64x1, ws')
  vi.advanceTimersByTime(30_000)
  expect(last()).toContain('  0 %  1 min 0 s left  64x1, ws')
  // What was expected does not count any more once it is known how fast it goes.
  progress.tell('64x1, adapter-ws', 1)
  expect(last()).toContain(' 25 %  1 min 30 s left  64x1, adapter-ws')
  vi.advanceTimersByTime(10_000)
  expect(last()).toContain(' 25 %  1 min 20 s left  64x1, adapter-ws')
  vi.advanceTimersByTime(1_000_000)
  expect(last()).toContain(' 25 %  0 s left  64x1, adapter-ws')
  progress.end()
})

test('without anything known it does not guess how long it will take', () => {
  const { stream, all } = output(true)
  const progress = new Progress(4, { stream })
  progress.tell('64x1, ws', 0)
  expect(all()).toContain('  0 %  64x1, ws')
  expect(all()).not.toContain('left')
  progress.end()
})

test('it stays on one line of the terminal', () => {
  const { stream, written } = output(true, 40)
  const progress = new Progress(4, { stream, expected: 4_000 })
  progress.tell('x'.repeat(200), 0)
  const [line = ''] = written.filter((text) => text.includes('xxx'))
  expect(line.split('\n').filter((part) => part.includes('x'))).toHaveLength(1)
  progress.end()
})

test('lines that stay come above it, and nothing of it is left at the end', () => {
  const { stream, written } = output(true)
  const progress = new Progress(4, { stream })
  progress.tell('64x1, ws', 1)
  const before = written.length
  progress.say('failed: 64x1, ws')
  const [cleared, said, again] = written.slice(before).filter((text) => text !== '')
  expect(cleared).toContain('\u001b[2K')
  expect(said).toBe('failed: 64x1, ws\n')
  expect(again).toContain('64x1, ws')
  progress.end()
  const ended = written.length
  vi.advanceTimersByTime(5_000)
  expect(written.slice(ended)).toEqual([])
  expect(written.findLast((text) => text.includes('\u001b[2K'))).not.toContain('64x1')
})
