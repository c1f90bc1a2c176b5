import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { natsWith, REDIS, startBroker } from './broker.ts'
import { type Kind, nats, redis } from './kinds.ts'
import { play } from './loss.ts'

const LIMIT = 1_048_576
const SIZE = 100_000
/** More than the kernel keeps for a reader that does not read. */
const COUNT = 400

const kinds: readonly Kind[] = [
  {
    ...redis,
    start: () =>
      startBroker(REDIS, ['--client-output-buffer-limit', 'pubsub', `${LIMIT}`, `${LIMIT}`, '1']),
  },
  { ...nats, start: () => startBroker(natsWith(`max_pending: ${LIMIT}\nwrite_deadline: "1s"\n`)) },
]

describe.each(kinds)('on $name', (kind) => {
  test('a server is told what it missed when it reads too slowly and the broker cuts it off', async () => {
    await play(kind, async (account, { subscriberWire }) => {
      await account.publishFor(200)
      subscriberWire.stall()
      for (let count = 0; count < COUNT; count++) expect(await account.publish(SIZE)).toBe(true)
      subscriberWire.resume()
      while (account.gaps.length === 0) await pause(20)
      expect(account.received.length).toBeLessThan(account.sent)
    })
  })
})
