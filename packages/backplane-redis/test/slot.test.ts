import { expect, test } from 'vitest'
import { slotOf } from '../src/slot.ts'

// The first one is in the specification of Redis Cluster. Redis 7 gives the others for CLUSTER KEYSLOT.
test.each([
  ['123456789', 0x31c3],
  ['foo', 12_182],
  ['bar', 5_061],
  ['wirebeat:topic-numbers', 7_717],
])('the slot of %s is %d', (name, slot) => {
  expect(slotOf(name)).toBe(slot)
})
