import { expect, test, vi } from 'vitest'
import { CorkedTransport } from '../../src/connection/corked-transport.ts'
import { prepare } from '../../src/connection/prepared.ts'
import type { TransportCloseCause, TransportListener } from '../../src/connection/transport.ts'
import { TurnBatch } from '../../src/connection/turn-batch.ts'
import type { Bytes } from '../../src/runtime/bytes.ts'

/** What a test sees of an engine, and how much waits in it. */
class Socket {
  readonly log: string[] = []
  buffered = 0

  getBufferedAmount(): number {
    return this.buffered
  }

  cork(callback: () => void): void {
    this.log.push('[')
    callback()
    this.log.push(']')
  }

  ping(): void {
    this.log.push('ping')
  }
}

class TestTransport extends CorkedTransport<Socket> {
  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  protected write(socket: Socket, data: string | Bytes, type: string, compress: boolean): boolean {
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data)
    socket.log.push(`${type} ${text.slice(0, 5)}${compress ? ' compressed' : ''}`)
    return socket.buffered === 0
  }

  protected preparedData({ bytes }: { readonly bytes: Uint8Array }): Bytes {
    return bytes
  }

  protected end({ log }: Socket, code: number, reason: string): void {
    log.push(`end ${code} ${reason}`)
  }

  protected cut({ log }: Socket): void {
    log.push('cut')
  }

  protected causeOf(diagnosis: string): TransportCloseCause {
    return diagnosis === '' ? 'lost' : 'protocol-error'
  }
}

function setUp(compresses = false) {
  const calls: (() => void)[] = []
  const endTurn = (): void => {
    for (const call of calls.splice(0)) call()
  }
  const turn = new TurnBatch((callback) => calls.push(callback))
  const transport = new TestTransport(turn, compresses, 1_000_000)
  const socket = new Socket()
  const drained = vi.fn()
  const closed = vi.fn()
  // It is told of nothing else.
  const listener = { opened() {}, drained, closed } as Partial<TransportListener>
  transport.opened(socket)
  transport.admit({ accept: () => listener as TransportListener, abandon() {} })
  return { transport, socket, log: socket.log, drained, closed, endTurn }
}

test('what a turn brings leaves in one cork, and what is compressed is large', () => {
  const { transport, log, endTurn } = setUp(true)
  expect(transport.send('one', 'text')).toBe('sent')
  transport.sendPrepared(prepare('two'))
  transport.send(Buffer.alloc(2_000, 'x'), 'binary')
  expect(transport.bufferedAmount).toBe(2_006)
  expect(log).toEqual([])
  endTurn()
  expect(log).toEqual(['[', 'text one', 'text two', 'binary xxxxx compressed', ']'])
})

test('a sender that is told to wait is told once, when nothing waits', () => {
  const { transport, socket, drained } = setUp()
  socket.buffered = 1
  expect(transport.send('a', 'text')).toBe('queued')
  transport.drained()
  expect(drained).not.toHaveBeenCalled()
  socket.buffered = 0
  transport.drained()
  transport.drained()
  expect(drained).toHaveBeenCalledOnce()
})

test('a close waits for what the network has not taken', () => {
  const { transport, socket, log } = setUp()
  socket.buffered = 1
  transport.close(4000, 'bye')
  expect(log).toEqual([])
  socket.buffered = 0
  transport.drained()
  expect(log).toEqual(['end 4000 bye'])
})

test('an engine that has room after the end tells nobody', () => {
  const { transport, socket, drained } = setUp()
  socket.buffered = 1
  transport.send('a', 'text')
  transport.closed(1006, '')
  transport.drained()
  expect(drained).not.toHaveBeenCalled()
  expect(transport.send('b', 'text')).toBe('closed')
  expect(transport.sendPrepared(prepare('b'))).toBe('closed')
})

test.each<[what: string, act: (transport: TestTransport) => void, told: readonly unknown[]]>([
  ['a client that closes', () => {}, ['client', 4001, 'bye']],
  ['a client that was sent a close frame', (one) => one.close(1000, ''), ['lost']],
  ['a client that was cut off', (one) => one.terminate(), ['lost']],
])('%s', (_what, act, told) => {
  const { transport, closed } = setUp()
  act(transport)
  transport.closed(4001, 'bye')
  expect(closed.mock.calls).toEqual([told])
})

test('an end without a close frame has the cause that the engine tells', () => {
  const { transport, closed } = setUp()
  transport.closed(1006, 'Received invalid opcode')
  expect(closed.mock.calls).toEqual([['protocol-error']])
})

test('a client that has gone before its connection is made gives the place back', () => {
  const { transport } = setUp()
  transport.closed(1006, '')
  const admission = { accept: vi.fn(), abandon: vi.fn() }
  transport.admit(admission)
  expect(admission.accept).not.toHaveBeenCalled()
  expect(admission.abandon).toHaveBeenCalledOnce()
})
