import { describe, expect, test } from 'vitest'
// The build of this package stands for a second copy in an application's node_modules.
import * as other from '../../dist/extension.js'
import type { Connection } from '../../src/connection/connection.ts'
import { type ConnectionObserver, observe } from '../../src/connection/observer.ts'
import { settle, setUp } from '../support/one-connection.ts'

/** An observer that writes down what it is told. */
function observer(told: string[], name = 'observer'): ConnectionObserver & { of: Connection[] } {
  const of: Connection[] = []
  return {
    of,
    drained(connection) {
      of.push(connection)
      told.push(`${name} drained`)
    },
    ended(connection) {
      of.push(connection)
      told.push(`${name} ended`)
    },
  }
}

describe('an observer of a connection', () => {
  test('is told of drain and of the end, after the session and the endpoint', () => {
    const { connection, transport, told, endpoint } = setUp()
    endpoint.on('close', () => told.push('endpoint'))
    const one = observer(told)
    observe(connection, one)
    transport.result = 'queued'
    connection.send('a')
    transport.drain()
    transport.end('client', 1000)
    const expected = ['open', 'drain', 'observer drained', 'close', 'endpoint', 'observer ended']
    expect(told).toEqual(expected)
    expect(one.of).toEqual([connection, connection])
  })

  test('is told of the end after the session closed it, and never within that call', async () => {
    const { connection, told } = setUp({ transport: { ends: 'at once' } })
    observe(connection, observer(told))
    connection.close()
    expect(told).toEqual(['open'])
    await settle()
    expect(told).toEqual(['open', 'close', 'observer ended'])
  })

  test('may be one of several, and may observe several connections', () => {
    const first = setUp()
    const second = setUp()
    const told: string[] = []
    const both = observer(told, 'both')
    observe(first.connection, both)
    observe(second.connection, both)
    observe(second.connection, observer(told, 'second'))
    second.transport.end('lost')
    first.transport.end('lost')
    expect(told).toEqual(['second ended', 'both ended', 'both ended'])
    expect(both.of).toEqual([second.connection, first.connection])
  })

  test('is told once, however often it was added', () => {
    const { connection, transport } = setUp()
    const told: string[] = []
    const one = observer(told)
    observe(connection, one)
    observe(connection, one)
    transport.end('lost')
    expect(told).toEqual(['observer ended'])
  })

  test('is told nothing of a connection that has ended', async () => {
    const { connection, transport, told } = setUp()
    transport.end('lost')
    observe(connection, observer(told))
    await settle()
    expect(told).toEqual(['open', 'close'])
  })

  test('may be of another copy of core', () => {
    const { connection, transport, told } = setUp()
    other.observe(connection, observer(told))
    transport.end('lost')
    expect(told).toEqual(['open', 'close', 'observer ended'])
  })

  test.each([undefined, null, {}, 'a connection'])('is refused for %j', (connection) => {
    expect(() => observe(connection as never, observer([]))).toThrow(
      'The connection must be one of an endpoint, got ',
    )
  })
})
