import { expect, test } from 'vitest'
import { wholeIntervals } from '../src/measure.ts'

test('idle connections are watched for whole intervals of their keep-alive', () => {
  expect(wholeIntervals(5_000, 'websocket')).toBe(10_000)
  expect(wholeIntervals(10_000, 'websocket')).toBe(10_000)
  expect(wholeIntervals(10_000, 'hub')).toBe(15_000)
  expect(wholeIntervals(30_000, 'hub, stateful')).toBe(30_000)
})
