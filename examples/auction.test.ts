// A session tested without a socket and without waiting: time passes when the test says so.

import { type CloseEvent, createEndpoint } from '@wirebeat/core'
import { ManualClock, MemoryClient } from '@wirebeat/core/testing'
import { expect, test } from 'vitest'
import { auction } from './auction.ts'

const MINUTE = 60_000

test('it is sold when nobody has said more for a minute', async () => {
  const clock = new ManualClock()
  const endpoint = createEndpoint({ clock, session: auction(clock, MINUTE) })
  const ada = await MemoryClient.connect(endpoint)
  const bob = await MemoryClient.connect(endpoint)

  ada.send('100')
  expect(await ada.message()).toBe('Going for 100.')
  clock.advance(MINUTE - 1)
  bob.send('100')
  expect(await bob.message()).toBe('More than 100, please.')
  bob.send('120')
  expect(await bob.message()).toBe('Going for 120.')
  clock.advance(MINUTE)
  expect(bob.closeFrame).toEqual({ code: 4000, reason: 'Sold for 120.' })
  expect(ada.isOpen).toBe(true)
})

test('a bidder whose line is dead is gone after twice the interval', async () => {
  const clock = new ManualClock()
  const endpoint = createEndpoint({
    clock,
    keepAliveInterval: MINUTE,
    session: auction(clock, MINUTE),
  })
  const ends: CloseEvent[] = []
  endpoint.on('close', (_connection, event) => ends.push(event))

  // A browser answers pings by itself; a machine that is gone does not.
  await MemoryClient.connect(endpoint, { answersPings: false })
  clock.advance(2 * MINUTE - 1)
  expect(ends).toEqual([])
  clock.advance(MINUTE / 8 + 1)
  expect(ends).toEqual([{ cause: 'heartbeat', code: 1006, reason: '', wasClean: false }])
})
