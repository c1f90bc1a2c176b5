import { expect, test } from 'vitest'
import { mustBeAccepted, type Request, readRequest, whyNot } from '../src/handshake-oracle.ts'

const LINES = [
  'GET /ws HTTP/1.1',
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Version: 13',
]

function requestOf(change: (line: string) => string = (line) => line): Request {
  const reading = readRequest(Buffer.from(`${LINES.map(change).join('\r\n')}\r\n\r\n`))
  if (reading.kind !== 'request') throw new Error(reading.kind)
  return reading.request
}

const canAll = (): boolean => true

test('a good handshake has to be accepted', () => {
  expect(whyNot(requestOf(), canAll)).toBeUndefined()
  expect(mustBeAccepted(requestOf(), 1_000, canAll)).toBe(true)
  expect(mustBeAccepted(requestOf(), 3, (one) => one !== 'split-request-line')).toBe(false)
})

test('a field that ends in a tab is unusual', () => {
  const request = requestOf((line) => line.replace('Connection: Upgrade', 'Connection: Upgrade\t'))
  expect(whyNot(request, canAll)).toBeUndefined()
  expect(mustBeAccepted(request, 1_000, canAll)).toBe(false)
})

test.each([
  ['GET', 'POST'],
  ['/ws', '/other'],
  ['HTTP/1.1', 'HTTP/1.0'],
  ['Upgrade: websocket', 'Upgrade: h2c'],
  ['Connection: Upgrade', 'Connection: close'],
  ['13', '8'],
  ['AA==', 'AAAA'],
  ['Host', 'X-Host'],
])('a handshake with %s replaced by %s must not be', (from, to) => {
  expect(
    whyNot(
      requestOf((line) => line.replace(from, to)),
      canAll,
    ),
  ).toBeDefined()
})

test('a folded field is no HTTP, and a head without its end may become one', () => {
  expect(readRequest(Buffer.from('GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n')).kind).toBe('malformed')
  expect(readRequest(Buffer.from('GET / HTTP/1.1\r\nA: b\r\n')).kind).toBe('incomplete')
})
