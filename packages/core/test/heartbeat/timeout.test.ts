import { expect, test } from 'vitest'
import type { CloseCause } from '../../src/connection/close.ts'
import type { Connection } from '../../src/connection/connection.ts'
import { setUp, TOLERANCE, X } from '../support/one-connection.ts'

test('a client that was silent for too long is sent a last message before it is cut', () => {
  const { clock, events, transport } = setUp({
    session: { timeout: (connection) => connection.send('Are you there?') },
  })
  clock.advance(2 * X + TOLERANCE)
  expect(transport.sent).toEqual(['Are you there?'])
  expect(transport.calls.map(({ name }) => name).slice(-2)).toEqual(['send', 'terminate'])
  expect(events).toEqual([{ code: 1006, reason: '', wasClean: false, cause: 'heartbeat' }])
})

const boom = new Error('boom')
const ends: readonly [string, (connection: Connection) => unknown, cause: CloseCause][] = [
  ['close the connection', (connection) => connection.close(), 'server'],
  ['terminate it', (connection) => connection.terminate(), 'server'],
  ['pause it', (connection) => connection.pause(), 'heartbeat'],
  [
    'throw',
    () => {
      throw boom
    },
    'session-error',
  ],
  ['reject', () => Promise.reject(boom), 'heartbeat'],
  ['wait for ever', () => new Promise(() => {}), 'heartbeat'],
]

test.each(ends)(
  'a timeout handler may %s, and the client is cut at once',
  async (_, timeout, cause) => {
    const { clock, events, transport, errors } = setUp({ session: { timeout } })
    clock.advance(2 * X + TOLERANCE)
    expect(transport.calls.at(-1)?.name).toBe('terminate')
    await Promise.resolve()
    expect(events).toMatchObject([{ cause, wasClean: false }])
    expect(errors.every((error) => error === boom)).toBe(true)
    expect(clock.pending).toBe(0)
  },
)

test('a client that closes in time has no timeout', () => {
  let calls = 0
  const { clock, connection } = setUp({ session: { timeout: () => calls++ } })
  connection.close()
  clock.advance(3 * X)
  expect(calls).toBe(0)
})
