import { expect, test } from 'vitest'
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

test('a timeout handler may close the connection, or fail, and the client is cut all the same', () => {
  const boom = new Error('boom')
  for (const timeout of [
    (connection: { close(): void }) => connection.close(),
    () => {
      throw boom
    },
  ]) {
    const { clock, events, transport, errors } = setUp({ session: { timeout } })
    clock.advance(2 * X + TOLERANCE)
    expect(transport.calls.at(-1)?.name).toBe('terminate')
    expect(events).toMatchObject([{ code: 1006, cause: 'heartbeat' }])
    expect(errors.every((error) => error === boom)).toBe(true)
  }
})

test('a client that closes in time has no timeout', () => {
  let calls = 0
  const { clock, connection } = setUp({ session: { timeout: () => calls++ } })
  connection.close()
  clock.advance(3 * X)
  expect(calls).toBe(0)
})
