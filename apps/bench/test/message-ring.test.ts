import { EchoReader } from '@wirebeat/test-support/wire'
import { expect, test } from 'vitest'
import { MessageRing } from '../src/generator/message-ring.ts'
import { RingPool } from '../src/generator/ring-pool.ts'
import type { Traffic } from '../src/protocol.ts'

const traffic: Traffic = {
  carrier: 'TCP',
  dialect: 'websocket',
  type: 'binary',
  size: 64,
  outstanding: 3,
}
const FRAME = 6 + 64

test('messages are taken in turn, several in one piece, over the end as well', () => {
  const ring = MessageRing.make(traffic, 0)
  const round = Buffer.from(ring.take(3))
  expect(round.length).toBe(3 * FRAME)
  expect(ring.take(2)).toEqual(round.subarray(0, 2 * FRAME))
  expect(ring.take(2)).toEqual(Buffer.concat([round.subarray(2 * FRAME), round.subarray(0, FRAME)]))
})

test.each(['text', 'binary'] as const)('unmasked, a %s request is its echo', (type) => {
  const ring = MessageRing.make({ ...traffic, type }, 5)
  const echoes = new EchoReader(ring.echoes, () => {})
  const answer = Buffer.concat(
    [0, 1, 2].flatMap(() => {
      const request = ring.take(1)
      const head = Buffer.from([request[0] ?? 0, (request[1] ?? 0) & 0x7f])
      const key = request.subarray(2, 6)
      return [head, request.subarray(6).map((byte, index) => byte ^ (key[index % 4] ?? 0))]
    }),
  )
  expect(echoes.read(answer, 0, answer.length)).toBe(3)
})

test('the messages of one connection differ from one another and from those of another', () => {
  const texts = [0, 1].flatMap((number) =>
    MessageRing.make(traffic, number).echoes.map((echo) => echo.toString('hex')),
  )
  expect(new Set(texts).size).toBe(6)
})

test('a binary message of socket.io is a packet and its attachment', () => {
  const ring = MessageRing.make({ ...traffic, dialect: 'socket.io' }, 0)
  const [echo] = ring.echoes
  const packet = '451-["m",{"_placeholder":true,"num":0}]'
  expect(echo?.subarray(0, 2 + packet.length).toString('latin1')).toBe(
    `\x81${String.fromCharCode(packet.length)}${packet}`,
  )
  expect(echo?.subarray(2 + packet.length, 4 + packet.length)).toEqual(Buffer.from([0x82, 64]))
  expect(echo?.length).toBe(2 + packet.length + 2 + 64)
})

test('connections share their messages when these would take much memory', () => {
  const pool = new RingPool({ ...traffic, size: 65_536, outstanding: 4 })
  const rings = Array.from({ length: 100 }, () => pool.next())
  expect(new Set(rings).size).toBe(100)
  expect(new Set(rings.map((ring) => ring.echoes)).size).toBeLessThan(20)
})
