import { expect, test } from 'vitest'
import type { Burst, GatheredMessage } from '../../src/connection/burst.ts'
import { prepare } from '../../src/connection/prepared.ts'
import { type BurstSender, MAX_BURST, TurnBatch } from '../../src/connection/turn-batch.ts'

/** A batch whose turn ends when the test says so. */
function setUp() {
  const calls: (() => void)[] = []
  const batch = new TurnBatch((callback) => calls.push(callback))
  const endTurn = (): void => {
    for (const call of calls.splice(0)) call()
  }
  return { batch, endTurn }
}

/** It writes down what it sends, burst by burst. */
class Sender implements BurstSender {
  burst: Burst | undefined
  isBackedUp = false
  readonly maxBurst: number
  readonly sent: GatheredMessage[][] = []

  constructor(maxBurst = MAX_BURST) {
    this.maxBurst = maxBurst
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  flush(): void {
    // A copy, because the memory of bytes is used again.
    const messages = this.burst?.messages.map((one) =>
      ArrayBuffer.isView(one) ? new Uint8Array(one) : one,
    )
    if (messages !== undefined) this.sent.push(messages)
    this.burst = undefined
  }
}

test('what a turn brings to a connection leaves together when it ends, in order', () => {
  const { batch, endTurn } = setUp()
  const [one, other] = [new Sender(), new Sender()]
  const message = prepare('p')
  const bytes = Uint8Array.of(1, 2)
  expect(batch.gather(one, 'é', 'text')).toBe(true)
  expect(batch.gatherPrepared(other, message)).toBe(true)
  expect(batch.gather(one, bytes, 'binary')).toBe(true)
  bytes.fill(0)
  batch.gatherPrepared(one, message)
  expect(one.burst?.size).toBe(2 + 2 + 1)
  expect([...one.sent, ...other.sent]).toEqual([])
  endTurn()
  expect(one.sent).toEqual([['é', Uint8Array.of(1, 2), message]])
  expect(other.sent).toEqual([[message]])
  batch.gather(one, 'later', 'text')
  endTurn()
  expect(one.sent[1]).toEqual(['later'])
})

test('connections that are sent the same prepared messages have one burst, until one is sent something else', () => {
  const { batch, endTurn } = setUp()
  const [one, other, third] = [new Sender(), new Sender(), new Sender()]
  const [first, second] = [prepare('first'), prepare('second')]
  for (const message of [first, second]) {
    for (const sender of [one, other, third]) batch.gatherPrepared(sender, message)
    expect(other.burst).toBe(one.burst)
  }
  batch.gather(other, 'alone', 'text')
  batch.gatherPrepared(third, first)
  for (const sender of [one, other]) batch.gatherPrepared(sender, second)
  endTurn()
  expect(one.sent).toEqual([[first, second, second]])
  expect(other.sent).toEqual([[first, second, 'alone', second]])
  expect(third.sent).toEqual([[first, second, first]])
  batch.gatherPrepared(one, first)
  expect(one.burst?.messages).toEqual([first])
})

test('a thousand prepared messages of a turn keep their order', () => {
  const { batch, endTurn } = setUp()
  const [one, other] = [new Sender(), new Sender()]
  const messages = Array.from({ length: 1_000 }, (_, index) => prepare(`${index}`))
  for (const message of messages) {
    for (const sender of [one, other]) batch.gatherPrepared(sender, message)
  }
  expect(one.burst?.size).toBe(10 + 2 * 90 + 3 * 900)
  endTurn()
  expect([one.sent, other.sent]).toEqual([[messages], [messages]])
})

test.each([
  ['a large text', 'x'.repeat(4_097), 'text'],
  ['a text that is large in UTF-8', 'é'.repeat(2_049), 'text'],
  ['large bytes', new Uint8Array(4_097), 'binary'],
  ['bytes that are text', new Uint8Array(1), 'text'],
] as const)('%s is not gathered', (_what, data, type) => {
  const { batch } = setUp()
  const sender = new Sender()
  expect(batch.gather(sender, data, type)).toBe(false)
  expect(sender.burst).toBeUndefined()
})

test('nothing is gathered behind what waits for the network', () => {
  const { batch } = setUp()
  const sender = new Sender()
  sender.isBackedUp = true
  expect(batch.gather(sender, 'a', 'text')).toBe(false)
  expect(batch.gatherPrepared(sender, prepare('a'))).toBe(false)
})

test('a connection gathers no more bytes than it may, and no more than 1,024 messages', () => {
  const { batch } = setUp()
  const small = new Sender(100)
  expect(batch.gatherPrepared(small, prepare('x'.repeat(101)))).toBe(false)
  expect(batch.gatherPrepared(small, prepare('x'.repeat(60)))).toBe(true)
  expect(batch.gather(small, 'x'.repeat(41), 'text')).toBe(false)
  expect(batch.gather(small, 'x'.repeat(40), 'text')).toBe(true)
  const empty = new Sender()
  for (let i = 0; i < 1_024; i++) expect(batch.gather(empty, '', 'text')).toBe(true)
  expect(batch.gather(empty, '', 'text')).toBe(false)
})

test('when all have gathered 16 MiB, it leaves', () => {
  const { batch } = setUp()
  const senders = Array.from({ length: 1_100 }, () => new Sender())
  const bytes = new Uint8Array(4_000)
  for (const [i, sender] of senders.entries()) {
    for (let count = 0; count < 4; count++) batch.gather(sender, bytes.fill(i % 251), 'binary')
  }
  const gone = senders.filter(({ burst }) => burst === undefined)
  expect(gone.length).toBeGreaterThan(1_000)
  expect(gone.length).toBeLessThan(1_100)
  for (const [i, { sent }] of gone.entries()) {
    const expected = Buffer.alloc(4_000, i % 251)
    const isSame = sent.flat().every((one) => one instanceof Uint8Array && expected.equals(one))
    expect(isSame).toBe(true)
  }
})

test('the engine is within a callback for the connection whose message it has delivered last', () => {
  const { batch } = setUp()
  const [one, other] = [{}, {}]
  expect(batch.isWithin(one)).toBe(false)
  batch.entered(one)
  expect([batch.isWithin(one), batch.isWithin(other)]).toEqual([true, false])
  batch.entered(other)
  expect([batch.isWithin(one), batch.isWithin(other)]).toEqual([false, true])
})

test('long after that callback it is not, once a turn has ended in which more was sent', () => {
  const { batch, endTurn } = setUp()
  const one = {}
  batch.entered(one)
  batch.isWithin(one)
  endTurn()
  expect([batch.isWithin(one), batch.isWithin(one)]).toEqual([true, true])
  endTurn()
  expect(batch.isWithin(one)).toBe(false)
})
