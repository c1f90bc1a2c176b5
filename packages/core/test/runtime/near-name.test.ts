import { expect, test } from 'vitest'
import { nearName } from '../../src/runtime/near-name.ts'

const known = ['path', 'allowedOrigins', 'maxConnections', 'keepAliveInterval', 'ping', 'drain']

test.each([
  ['allowedOrigin', 'allowedOrigins'],
  ['allowOrigins', 'allowedOrigins'],
  ['maxconnections', 'maxConnections'],
  ['keepAliveIntervall', 'keepAliveInterval'],
  ['pth', 'path'],
  ['pong', 'ping'],
  ['drian', 'drain'],
  ['gnipp', undefined],
  ['url', undefined],
  ['', undefined],
  ['timeout', undefined],
])('%j is near to %j', (name, near) => {
  expect(nearName(name, known)).toBe(near)
})

test('the nearest of several is chosen, and the first of equals', () => {
  expect(nearName('messages', ['message', 'messages'])).toBe('messages')
  expect(nearName('bat', ['cat', 'hat'])).toBe('cat')
})
