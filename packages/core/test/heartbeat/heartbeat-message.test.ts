import { describe, expect, test } from 'vitest'
import { encodeHeartbeat, isHeartbeat } from '../../src/heartbeat/heartbeat-message.ts'
import { setUp, TOLERANCE, X } from '../support/one-connection.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the heartbeat message', () => {
  test('is told from others of its length, of its beginning, and in binary', () => {
    const heartbeat = encodeHeartbeat('béat', 1_000)
    expect(isHeartbeat(heartbeat, bytes('béat'), 5)).toBe(true)
    for (const other of ['béas', 'téat', 'béa', 'béats', '']) {
      expect(isHeartbeat(heartbeat, bytes(other), bytes(other).length)).toBe(false)
    }
  })

  test('is told from others as a string too, by its bytes in UTF-8', () => {
    const { transport, messages } = setUp({
      heartbeatMessage: 'béat',
      transport: { hasStrings: true },
    })
    for (const text of ['béat', 'béatt', 'b1at2', '12345']) transport.receive(text)
    expect(transport.sent).toEqual([bytes('béat')])
    expect(messages).toEqual(['béatt', 'b1at2', '12345'])
  })

  test('is answered with itself and counted, without the session', () => {
    const { endpoint, transport, messages } = setUp({ heartbeatMessage: 'beat' })
    transport.receive('beat')
    expect(endpoint.stats()).toMatchObject({ received: { messages: 1 }, sent: { messages: 1 } })
    transport.receive('beats')
    transport.receive(bytes('beat'))
    expect(transport.calls).toEqual([{ name: 'send', data: bytes('beat'), type: 'text' }])
    expect(messages).toEqual(['beats', bytes('beat')])
  })

  test('is a message like any other where the option is not given', () => {
    const { transport, messages } = setUp()
    transport.receive('')
    transport.receive('beat')
    expect(transport.sent).toEqual([])
    expect(messages).toEqual(['', 'beat'])
  })

  test('is a sign of life, also where messages alone are', () => {
    const { clock, transport, events } = setUp({ heartbeatMessage: 'beat', aliveOn: 'message' })
    for (let i = 0; i < 5; i++) {
      clock.advance(1.9 * X)
      transport.receive('beat')
    }
    expect(events).toEqual([])
    clock.advance(2 * X + TOLERANCE)
    expect(events).toMatchObject([{ cause: 'heartbeat' }])
  })

  test('counts for the message rate', () => {
    const { transport } = setUp({ heartbeatMessage: 'beat', messageRate: 2 })
    for (let i = 0; i < 3; i++) transport.receive('beat')
    expect(transport.sent).toHaveLength(2)
    expect(transport.closeFrame).toMatchObject({ code: 1008 })
  })

  test('is not answered beyond the cap: who reads no answers is a slow consumer', () => {
    const { transport, events } = setUp({ heartbeatMessage: 'beat', maxBufferedAmount: 10 })
    transport.result = 'queued'
    for (let i = 0; i < 4; i++) transport.receive('beat')
    expect(transport.sent).toHaveLength(3)
    expect(transport.closeFrame).toMatchObject({ code: 1008 })
    transport.end()
    expect(events).toMatchObject([{ cause: 'slow-consumer' }])
  })

  test('is not answered any more once the connection is closing', () => {
    const { connection, transport } = setUp({ heartbeatMessage: 'beat' })
    connection.close()
    transport.receive('beat')
    expect(transport.forbiddenCalls).toEqual([])
    expect(transport.sent).toEqual([])
  })
})
