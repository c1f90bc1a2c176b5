import { describe, expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.ts'
import type { Message } from '../../src/connection/message.ts'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import { type Bytes, bytesOf } from '../../src/runtime/bytes.ts'
import { echo } from '../../src/session/echo.ts'
import type { HandlerSession } from '../../src/session/session.ts'
import { connect } from '../support/connect.ts'
import type { FakeTransportOptions } from '../support/fake-transport.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('a borrowing session', () => {
  test('is handed the memory of the engine itself, of text too', () => {
    const handed: [string | Bytes, string][] = []
    const endpoint = createEndpoint({
      clock: new ManualClock(),
      session: {
        memory: 'borrowed',
        message(_connection, data, type) {
          handed.push([data, type])
        },
      },
    })
    const transport = connect(endpoint)
    const bytes = new Uint8Array([1, 2, 3])
    const { buffer } = new Uint8Array([4])
    transport.receive(bytes)
    transport.receive('hi')
    transport.receive(buffer)
    expect(handed[0]?.[0]).toBe(bytes)
    expect(handed[1]?.[0]).toEqual(new Uint8Array([104, 105]))
    expect(handed[2]?.[0]).toBe(buffer)
    expect(handed.map(([, type]) => type)).toEqual(['binary', 'text', 'binary'])
  })

  test('is handed a text as a string where the engine has it as one', () => {
    const handed: [string | Bytes, string][] = []
    const endpoint = createEndpoint({
      clock: new ManualClock(),
      session: {
        memory: 'borrowed',
        message: (_connection, data, type) => handed.push([data, type]),
      },
    })
    connect(endpoint, { hasStrings: true }).receive('hé')
    expect(handed).toEqual([['hé', 'text']])
    expect(bytesOf('hé')).toEqual(new Uint8Array([104, 0xc3, 0xa9]))
  })

  test('can look at what it was handed, where that is', () => {
    const { buffer } = new Uint8Array([1, 2])
    const part = new Uint8Array(buffer, 1)
    expect(bytesOf(part)).toBe(part)
    bytesOf(buffer)[1] = 7
    expect(part).toEqual(new Uint8Array([7]))
  })
})

describe('a session', () => {
  test('may be an object of a class, with a state of its own', () => {
    class Chat implements HandlerSession {
      readonly heard: Message[] = []
      message(_connection: Connection, message: Message): void {
        this.heard.push(message)
      }
    }
    const chat = new Chat()
    const transport = connect(createEndpoint({ clock: new ManualClock(), session: chat }))
    transport.receive('hello')
    expect(chat.heard).toEqual(['hello'])
  })

  test('need not have any handler', () => {
    const transport = connect(createEndpoint({ clock: new ManualClock(), session: {} }))
    transport.receive('hello')
    transport.drain()
    transport.end('client', 1000)
    expect(transport.calls).toEqual([])
  })
})

describe('echo', () => {
  const open = (options?: FakeTransportOptions) =>
    connect(createEndpoint({ clock: new ManualClock(), session: echo() }), options)

  test('sends text back as text and binary as binary, without a copy', () => {
    const transport = open()
    const bytes = new Uint8Array([1, 2, 3])
    transport.receive(bytes)
    transport.receive('hi')
    expect(transport.sent[0]).toBe(bytes)
    expect(transport.calls).toMatchObject([{ type: 'binary' }, { type: 'text' }])
  })

  test('sends a string of the engine back as the same string', () => {
    const transport = open({ hasStrings: true })
    transport.receive('hi')
    expect(transport.calls).toEqual([{ name: 'send', data: 'hi', type: 'text' }])
  })

  test('stops reading while the network is slower, and reads on once it has drained', () => {
    const transport = open()
    transport.result = 'queued'
    transport.receive('hello')
    expect(transport.isPaused).toBe(true)
    transport.drain()
    expect(transport.isPaused).toBe(false)
  })

  test('is bounded by maxBufferedAmount where the transport cannot pause', () => {
    const transport = connect(
      createEndpoint({ clock: new ManualClock(), session: echo(), maxBufferedAmount: 100 }),
      { lacks: ['pause'] },
    )
    transport.result = 'queued'
    for (let i = 0; i < 20; i++) transport.receive('0123456789')
    expect(transport.closeFrame?.code).toBe(1008)
    expect(transport.sent).toHaveLength(11)
  })
})
