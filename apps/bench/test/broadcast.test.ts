import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { broadcastMessages } from '../src/broadcast.ts'
import { CONTESTANTS } from '../src/contestant.ts'
import { LOADS } from '../src/load.ts'
import { makePlan } from '../src/plan.ts'

test.each([64, 1_024, 16_384])(
  'messages of %i bytes are as many bytes of different text',
  (size) => {
    const messages = broadcastMessages(size)
    for (const message of messages) {
      expect(Buffer.byteLength(message)).toBe(size)
      // What a protocol above would escape would make it longer.
      expect(message).toMatch(/^[\w;:.,{}]+$/)
    }
    expect(new Set(messages).size).toBe(messages.length)
    expect(broadcastMessages(size)).toEqual(messages)
  },
)

test('a message of 1 KiB compresses about as JSON does', () => {
  const [message = ''] = broadcastMessages(1_024)
  const ratio = deflateRawSync(message).length / 1_024
  expect(ratio).toBeGreaterThan(0.2)
  expect(ratio).toBeLessThan(0.4)
})

test('broadcasts are for those who have a way to send to many', () => {
  const loads = LOADS.filter(({ id }) => id === 'broadcast-1x64B-100hz-1000')
  const names = makePlan({ contestants: CONTESTANTS, loads }, 1).map(
    ({ contestant }) => contestant.name,
  )
  expect(names).toEqual(expect.arrayContaining(['ws', 'adapter-ws', 'socket.io', 'Bun']))
  expect(names).not.toContain('adapter-ws (loop)')
  expect(names).not.toContain('Deno')
})

test('long broadcasts are measured in every third round', () => {
  const rounds = (id: string) =>
    makePlan(
      { contestants: CONTESTANTS.slice(0, 1), loads: LOADS.filter((load) => load.id === id) },
      4,
    ).map(({ round }) => round)
  expect(rounds('broadcast-1x64B-10000')).toEqual([0, 3])
  expect(rounds('broadcast-1x16K-50hz-skip-1000')).toEqual([0, 3])
  expect(rounds('broadcast-1x64B-10hz-1000')).toEqual([0, 1, 2, 3])
})
