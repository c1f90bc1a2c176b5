import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { prepare } from '../../src/connection/prepared.ts'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'
import { bytesOf, localBytes } from '../../src/runtime/bytes.ts'
import { show } from '../../src/runtime/show.ts'
import { HandshakeRefusedError, MemoryClient } from '../../src/testing.ts'
import { setUp } from '../support/one-connection.ts'

const BYTES = Uint8Array.of(1, 2, 3)

/** A value that another realm has made. */
function foreign<Value>(code: string): Value {
  return runInNewContext(code) as Value
}

const foreignBytes = [
  ['a Uint8Array', foreign<Uint8Array>('Uint8Array.of(0, 1, 2, 3).subarray(1)')],
  ['an ArrayBuffer', foreign<ArrayBuffer>('Uint8Array.of(1, 2, 3).buffer')],
] as const

describe.each(foreignBytes)('%s of another realm', (_name, data) => {
  test('is none of this one', () => {
    expect(data instanceof Uint8Array || data instanceof ArrayBuffer).toBe(false)
  })

  test('can be sent', () => {
    const { connection, transport, endpoint } = setUp()
    expect(connection.send(data)).toBe('sent')
    expect(transport.sent).toEqual([BYTES])
    expect(endpoint.stats().sent.bytes).toBe(3)
  })

  test('can be prepared', () => {
    expect(prepare(data).bytes).toEqual(BYTES)
  })

  test('can be received, and looked at', () => {
    const { transport, messages } = setUp()
    transport.receive(data)
    expect(messages).toEqual([BYTES])
    expect([...bytesOf(data)]).toEqual([1, 2, 3])
  })

  test('shares its memory', () => {
    expect(localBytes(data)?.buffer).toBe('buffer' in data ? data.buffer : data)
  })
})

test.each([
  'new SharedArrayBuffer(3)',
  'new DataView(new ArrayBuffer(3))',
  'new Int8Array(3)',
  '({ byteLength: 3 })',
  'new Date()',
])('%s of another realm cannot be sent', (code) => {
  const { connection } = setUp()
  // What the type forbids, plain JavaScript can still do.
  expect(() => connection.send(foreign<never>(code))).toThrow('The data to send must be ')
  expect(() => prepare(foreign<never>(code))).toThrow('The data to prepare must be ')
})

test('a RegExp of another realm is a rule for origins', async () => {
  const entry = foreign<RegExp>('/^https:\\/\\/[a-z]+\\.example$/')
  const endpoint = createEndpoint({ session: {}, allowedOrigins: [entry] })
  await MemoryClient.connect(endpoint, { origin: 'https://page.example' })
  const connecting = MemoryClient.connect(endpoint, { origin: 'https://1.example' })
  await expect(connecting).rejects.toThrow(HandshakeRefusedError)
  expect(show(entry)).toBe(String(entry))
})

test('a session of another realm may have no handler that there is not', () => {
  const session = foreign<object>('({ mesage() {} })')
  expect(() => createEndpoint({ session })).toThrow('Unknown option "session.mesage".')
  createEndpoint({ session: foreign<object>('({ message() {} })') })
  createEndpoint({ session: foreign<object>('new (class { mesage() {} })') })
})
