import { expect, test } from 'vitest'
import { closeAs } from '../../src/connection/close-as.ts'
import { setUp } from '../support/one-connection.ts'

test('a protocol above a connection closes it with the cause that it knows', () => {
  const { connection, endpoint, transport, events } = setUp()
  closeAs(connection, 'client', 1000)
  expect(transport.closeFrame).toEqual({ code: 1000, reason: '' })
  transport.end('client', 1000)
  expect(events).toEqual([{ cause: 'client', code: 1000, reason: '', wasClean: true }])
  expect(endpoint.stats().ends.client).toBe(1)
})

test('a connection that is closing keeps its cause', () => {
  const { connection, transport, events } = setUp()
  connection.close(4000)
  closeAs(connection, 'client', 1000)
  transport.end('client', 4000)
  expect(events).toMatchObject([{ cause: 'server', code: 4000 }])
})

test('only connections are closed, with codes that may be sent', () => {
  // @ts-expect-error an object that is no connection
  expect(() => closeAs({}, 'client', 1000)).toThrow(
    'The connection must be one of an endpoint, got an object.',
  )
  const { connection } = setUp()
  expect(() => closeAs(connection, 'client', 1005)).toThrow('Close code 1005 may not be sent.')
  expect(connection.isOpen).toBe(true)
})
