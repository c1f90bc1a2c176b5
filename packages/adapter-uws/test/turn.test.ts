import { setImmediate as nextTurn } from 'node:timers/promises'
import { prepare } from '@wirebeat/core'
import { MAX_BURST, type TransportListener } from '@wirebeat/core/adapter'
import { expect, test } from 'vitest'
import type { UwsSocket } from '../src/engine.ts'
import { UwsTransport } from '../src/transport.ts'
import { turn } from '../src/turn.ts'

const MIB = 1024 * 1024

/** A socket without an engine. It writes down what is asked of it, and what is corked in brackets. */
class FakeSocket implements UwsSocket {
  readonly log: string[] = []
  /** What waits in the engine. What is sent then waits too. */
  buffered = 0
  /** What waits once something corked was sent. */
  bufferedByCork = 0

  send(message: string | Uint8Array | ArrayBuffer, isBinary: boolean): number {
    const text = typeof message === 'string' ? message : new TextDecoder().decode(message)
    const what = text.length > 20 ? `${text.length} times ${text[0]}` : text
    this.log.push(isBinary ? `binary ${what}` : what)
    return this.buffered === 0 ? 1 : 0
  }

  ping(): number {
    this.log.push('ping')
    return 1
  }

  cork(callback: () => void): void {
    this.log.push('[')
    callback()
    this.log.push(']')
    this.buffered = this.bufferedByCork
  }

  end(code: number): void {
    this.log.push(`end ${code}`)
  }

  close(): void {
    this.log.push('close')
  }

  getBufferedAmount(): number {
    return this.buffered
  }
}

function setUp(maxBufferedAmount = MIB) {
  const socket = new FakeSocket()
  const transport = new UwsTransport(false, maxBufferedAmount)
  transport.opened(socket)
  return { transport, log: socket.log, socket }
}

/** What a session does when it is woken up at the end of a turn, some promises later. */
async function atTurnEnd(session: () => void): Promise<void> {
  const wokenUp = new Promise<void>((resolve) => {
    expect(turn.awaitEnd({ turnEnded: resolve })).toBe(true)
  })
  await wokenUp.then(session)
  await nextTurn()
}

test('what is sent at the end of a turn leaves in one write for each connection', async () => {
  const [one, other] = [setUp(), setUp()]
  await atTurnEnd(() => {
    expect(one.transport.send('a', 'text')).toBe('sent')
    other.transport.send('b', 'text')
    one.transport.send(Buffer.from('c'), 'binary')
    one.transport.send(new ArrayBuffer(0), 'binary')
    expect([...one.log, ...other.log]).toEqual([])
    expect(one.transport.bufferedAmount).toBe(2)
  })
  expect(one.log).toEqual(['[', 'a', 'binary c', 'binary ', ']'])
  expect(other.log).toEqual(['b'])
  expect(one.transport.bufferedAmount).toBe(0)
})

test('what is sent at any other time leaves when the turn ends, in one write for each connection', async () => {
  const [one, other] = [setUp(), setUp()]
  const message = prepare('p')
  for (const { transport } of [one, other]) transport.send('a', 'text')
  for (const { transport } of [one, other]) expect(transport.sendPrepared(message)).toBe('sent')
  one.transport.send(Buffer.from('c'), 'binary')
  one.transport.sendPrepared(prepare(Buffer.from('d')))
  expect([...one.log, ...other.log]).toEqual([])
  expect(one.transport.bufferedAmount).toBe(4)
  await nextTurn()
  expect(one.log).toEqual(['[', 'a', 'p', 'binary c', 'binary d', ']'])
  expect(other.log).toEqual(['[', 'a', 'p', ']'])
  other.transport.sendPrepared(message)
  await nextTurn()
  expect(other.log.at(-1)).toBe('p')
})

test('what is sent to the connection whose message the engine delivers leaves at once', async () => {
  const [one, other] = [setUp(), setUp()]
  one.transport.send('earlier', 'text')
  turn.entered(one.socket)
  other.transport.send('later', 'text')
  one.transport.send('a', 'text')
  one.transport.sendPrepared(prepare('b'))
  expect(one.log).toEqual(['earlier', 'a', 'b'])
  expect(other.log).toEqual([])
  await nextTurn()
  expect(other.log).toEqual(['later'])
  // Long after that message.
  one.transport.send('c', 'text')
  one.transport.send('d', 'text')
  expect(one.log).toHaveLength(3)
  await nextTurn()
  expect(one.log.slice(3)).toEqual(['[', 'c', 'd', ']'])
})

test('a prepared message is handed to the engine as the same bytes each time', async () => {
  const given: unknown[] = []
  const message = prepare('hello')
  for (const { transport, socket } of [setUp(), setUp()]) {
    socket.send = (bytes) => given.push(bytes)
    transport.sendPrepared(message)
  }
  await nextTurn()
  expect(given[0]).toBeInstanceOf(ArrayBuffer)
  expect(given[1]).toBe(given[0])
})

test('bytes may change once they were sent', async () => {
  const { transport, log } = setUp()
  await atTurnEnd(() => {
    const bytes = Buffer.from('a')
    transport.send(bytes, 'binary')
    bytes.fill('b')
    transport.send(bytes, 'binary')
  })
  expect(log).toEqual(['[', 'binary a', 'binary b', ']'])
})

test.each<[what: string, act: (transport: UwsTransport) => void, seen: readonly string[]]>([
  ['a ping', (transport) => transport.ping(), ['ping']],
  ['a close', (transport) => transport.close(4000, ''), ['end 4000']],
  ['a hard close', (transport) => transport.terminate(), ['close']],
  ['a large message', (transport) => transport.send('x'.repeat(5_000), 'text'), ['5000 times x']],
  ['bytes that are text', (transport) => transport.send(Buffer.from('t'), 'text'), ['t']],
])('%s does not overtake what was sent before', async (_what, act, seen) => {
  const { transport, log } = setUp()
  await atTurnEnd(() => {
    transport.send('a', 'text')
    act(transport)
  })
  expect(log).toEqual(['a', ...seen])
})

test('a connection gathers no more than the engine puts together', async () => {
  const { transport, log } = setUp()
  const message = 'x'.repeat(MAX_BURST / 4)
  const seen = `${message.length} times x`
  await atTurnEnd(() => {
    for (let i = 0; i < 6; i++) transport.send(message, 'text')
    expect(transport.bufferedAmount).toBe(message.length)
  })
  expect(log).toEqual(['[', seen, seen, seen, seen, ']', seen, seen])
})

test('a connection gathers no more than may wait for it', async () => {
  const { transport, log } = setUp(100)
  for (let i = 0; i < 10; i++) {
    transport.send('x'.repeat(40), 'text')
    expect(transport.bufferedAmount).toBeLessThanOrEqual(100)
  }
  transport.sendPrepared(prepare('x'.repeat(101)))
  expect(transport.bufferedAmount).toBe(0)
  expect(log.filter((line) => !/[[\]]/.test(line))).toHaveLength(11)
})

test('when all have gathered a lot, it leaves', async () => {
  const all = Array.from({ length: 1_500 }, () => setUp())
  await atTurnEnd(() => {
    for (let i = 0; i < 3; i++) {
      for (const { transport } of all) transport.send(Buffer.alloc(4_000, `${i}`), 'binary')
    }
    const waiting = all.reduce((sum, { transport }) => sum + transport.bufferedAmount, 0)
    expect(waiting).toBeLessThanOrEqual(16 * MIB)
  })
  for (const { log } of all) {
    const sent = log.filter((line) => line.startsWith('binary'))
    expect(sent).toEqual([0, 1, 2].map((i) => `binary 4000 times ${i}`))
  }
})

test('a connection gathers no more messages than is good for it', async () => {
  const { transport, log } = setUp()
  await atTurnEnd(() => {
    for (let i = 0; i < 10_000; i++) transport.send('', 'text')
    expect(log.length).toBeGreaterThan(1_000)
  })
})

test('nothing is gathered behind what the network has not taken', async () => {
  const { transport, log, socket } = setUp()
  await atTurnEnd(() => {
    socket.buffered = 1_000
    expect(transport.send('a', 'text')).toBe('queued')
    expect(transport.send('b', 'text')).toBe('queued')
  })
  expect(log).toEqual(['a', 'b'])
})

test('a close waits for what the network has not taken', async () => {
  const { transport, log, socket } = setUp()
  socket.bufferedByCork = 1
  await atTurnEnd(() => {
    transport.send('a', 'text')
    transport.send('b', 'text')
    transport.close(4000, '')
  })
  expect(log).toEqual(['[', 'a', 'b', ']'])
  socket.buffered = 0
  transport.drained()
  await nextTurn()
  expect(log).toEqual(['[', 'a', 'b', ']', 'end 4000'])
})

test('a sender that is told to wait waits until the network has taken all', async () => {
  const { transport, log, socket } = setUp()
  let drains = 0
  const listener = { drained: () => drains++ }
  // It is told of nothing else.
  transport.listener = listener as unknown as TransportListener
  socket.buffered = 1
  expect(transport.send('a', 'text')).toBe('queued')
  socket.buffered = 0
  await atTurnEnd(() => {
    transport.send('b', 'text')
    expect(log).toEqual(['a', 'b'])
  })
  transport.drained()
  await nextTurn()
  expect(drains).toBe(1)
})

test('a connection that ended meanwhile sends nothing', async () => {
  const { transport, log } = setUp()
  await atTurnEnd(() => {
    transport.send('a', 'text')
    transport.closed(1006, '')
    expect(transport.send('b', 'text')).toBe('closed')
  })
  expect(log).toEqual([])
})

test('all are woken up, and no more wait than are good for it', async () => {
  let woken = 0
  const waiter = { turnEnded: () => void woken++ }
  const waiting = Array.from({ length: 200 }, () => turn.awaitEnd(waiter))
  expect(waiting.filter(Boolean)).toHaveLength(128)
  await nextTurn()
  expect(woken).toBe(128)
  expect(turn.awaitEnd(waiter)).toBe(true)
  await nextTurn()
  expect(woken).toBe(129)
})
