import { expect, test } from 'vitest'
import { isConnectionId } from '../../src/clients/hub-questions.ts'

const RANDOM = 'oZk3-_vR8mQ1bN5xT7cYaw'

test.each([
  RANDOM,
  // Of version 0 of the negotiation: with a serverName, and with servers as well.
  `alpha.${RANDOM}`,
  `${'a'.repeat(64)}.${'b:2.'.repeat(32)}.${RANDOM}`,
])('%s may be the id of a connection', (id) => {
  expect(isConnectionId(id)).toBe(true)
})

test.each(['', 'a b', 'a"b', 'é', 'a'.repeat(257)])(
  '%j is no id, so no other server is asked',
  (id) => {
    expect(isConnectionId(id)).toBe(false)
  },
)
