import { expect, test } from 'vitest'
import { describeReplay, replayFrom } from '../src/replay.ts'

test('a seed is read from the environment, with the batch where a failure named it', () => {
  expect(replayFrom({ WIREBEAT_SEED: '-12' })).toEqual({ seed: -12 })
  const named = describeReplay(12, 'framing', 'uws', 3)
  const only = { kind: 'framing', adapter: 'uws', batch: 3 }
  expect(replayFrom({ WIREBEAT_SEED: named })).toEqual({ seed: 12, only })
})

test('what the conformance kit has named is a seed, and what is no number is refused', () => {
  expect(replayFrom({ WIREBEAT_SEED: '12/fin/3:0:1' })).toEqual({ seed: 12 })
  expect(() => replayFrom({ WIREBEAT_SEED: 'fin' })).toThrow(RangeError)
})
