import { expect, test } from 'vitest'
import { countMessage } from '../../src/connection/observer.ts'
import { setUp } from '../support/one-connection.ts'

test('messages that a protocol finds in one message count for messageRate', () => {
  const { connection, transport } = setUp({ messageRate: { messages: 3, burst: 1 } })
  transport.receive('three in one')
  expect([countMessage(connection), countMessage(connection)]).toEqual([true, true])
  expect(connection.isOpen).toBe(true)
  expect(countMessage(connection)).toBe(false)
  expect(transport.closeFrame?.code).toBe(1008)
})

test('without messageRate any number of them is within the rate', () => {
  const { connection } = setUp()
  for (let count = 0; count < 1_000; count++) expect(countMessage(connection)).toBe(true)
  expect(connection.isOpen).toBe(true)
})

test('only messages of a connection are counted', () => {
  // @ts-expect-error an object that is no connection
  expect(() => countMessage({})).toThrow(
    'The connection must be one of an endpoint, got an object.',
  )
})
