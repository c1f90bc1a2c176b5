import { describe, expect, test } from 'vitest'
import { prepare } from '../../src/connection/prepared.ts'
import { setUp } from '../support/one-connection.ts'
import { setUpIdle } from '../support/one-loop.ts'

const BYTES = Uint8Array.of(0x68, 0x69)

describe('prepare', () => {
  test.each([
    ['a string', prepare('grüße'), 'grüße', 'text', Buffer.from('grüße')],
    ['a string that is called binary', prepare('hi', 'binary'), 'hi', 'text', BYTES],
    ['bytes', prepare(BYTES), BYTES, 'binary', BYTES],
    ['an ArrayBuffer', prepare(new Uint8Array(BYTES).buffer), BYTES, 'binary', BYTES],
    ['bytes that are called text', prepare(BYTES, 'text'), BYTES, 'text', BYTES],
  ] as const)('makes of %s what send would send', (_name, message, data, type, bytes) => {
    expect(message.data).toEqual(data)
    expect(message.type).toBe(type)
    expect(message.bytes).toEqual(new Uint8Array(bytes))
  })

  test('copies bytes, which may change afterwards', () => {
    const memory = Buffer.from('hi')
    const message = prepare(memory)
    memory.fill(0)
    expect(message.bytes).toEqual(BYTES)
  })

  test.each([[5], [null], [undefined], [{}], [new Float64Array(1)]])('refuses %s', (data) => {
    // What the type forbids, plain JavaScript can still do.
    const call = () => prepare(data as unknown as string)
    expect(call).toThrow(TypeError)
    expect(call).toThrow(
      'The data to prepare must be a string, a Uint8Array or an ArrayBuffer, got ',
    )
  })

  test('keeps what is made of it, one of each kind', () => {
    const message = prepare('hi')
    const kinds = [Symbol('one'), Symbol('other')]
    const make = (kind: symbol) => message.made(kind, ({ data }) => ({ data, kind }))
    const first = kinds.map(make)
    expect(first).toEqual(kinds.map((kind) => ({ data: 'hi', kind })))
    for (const [i, kind] of kinds.entries()) expect(make(kind)).toBe(first[i])
  })
})

describe('a prepared message', () => {
  test('is handed to a transport that knows them as it is', () => {
    const { connection, transport } = setUp({ transport: { takesPrepared: true } })
    const message = prepare('hello')
    expect(connection.send(message)).toBe('sent')
    expect(transport.calls).toEqual([{ name: 'sendPrepared', message }])
  })

  test('is sent as its data by a transport that does not', () => {
    const { connection, transport } = setUp()
    connection.send(prepare('hello'))
    connection.send(prepare(BYTES, 'text'))
    expect(transport.calls).toEqual([
      { name: 'send', data: 'hello', type: 'text' },
      { name: 'send', data: BYTES, type: 'text' },
    ])
  })

  test('is what it was prepared as, whatever type is asked for', () => {
    const { connection, transport } = setUp()
    connection.send(prepare(BYTES), 'text')
    expect(transport.calls).toMatchObject([{ type: 'binary' }])
  })

  test.each([true, false])('counts with its bytes (transport knows them: %s)', (takesPrepared) => {
    const { connection, endpoint, transport } = setUp({ transport: { takesPrepared } })
    connection.send(prepare('€'))
    transport.result = 'closed'
    connection.send(prepare('€'))
    expect(endpoint.stats().sent).toEqual({ messages: 1, bytes: 3 })
  })

  test.each([true, false])(
    'is refused behind too much that waits (transport knows them: %s)',
    (takesPrepared) => {
      const { connection, transport } = setUp({
        maxBufferedAmount: 100,
        transport: { takesPrepared },
      })
      transport.result = 'queued'
      expect(connection.send(prepare(new Uint8Array(101)))).toBe('queued')
      expect(connection.send(prepare('one more'))).toBe('closed')
      expect(transport.closeFrame?.code).toBe(1008)
    },
  )

  test('is not sent once the connection closes', () => {
    const { connection, transport } = setUp()
    transport.closing('client', 1000)
    expect(connection.send(prepare('late'))).toBe('closed')
    expect(transport.sent).toEqual([])
  })

  test('can be sent and waited for', async () => {
    const { connection, transport } = setUpIdle()
    expect(await connection.sendAndWait(prepare('hello'))).toBe('sent')
    transport.result = 'queued'
    const waiting = connection.sendAndWait(prepare('more'))
    transport.drain()
    expect(await waiting).toBe('sent')
  })

  test('cannot be made by hand', () => {
    const { connection } = setUp()
    const { data, type, bytes } = prepare('hello')
    // What the type forbids, plain JavaScript can still do.
    const send = () => connection.send({ data, type, bytes } as unknown as string)
    expect(send).toThrow('an ArrayBuffer or a prepared message, got an object.')
  })
})
