import { expect, test } from 'vitest'
import { acceptValue, handshakeRequest, readResponse } from '../src/http.ts'

test('the accept value is that of the example in the standard', () => {
  expect(acceptValue('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
})

test('a header replaces the usual one of its name, in the case that it is written in', () => {
  const { text, key } = handshakeRequest({
    headers: { uPGRADE: 'h2c', Connection: null, 'Sec-WebSocket-Key': 'mine' },
    origin: ['http://a.example', 'http://b.example'],
  })
  expect(text).toMatch(/^GET \/ws HTTP\/1\.1\r\n/)
  expect(text).toContain('uPGRADE: h2c\r\n')
  expect(text).not.toMatch(/Upgrade: websocket|Connection/)
  expect(text).toContain('Origin: http://a.example\r\nOrigin: http://b.example\r\n')
  expect(key).toBe('mine')
})

test('a response is read once its body is whole, and what follows is left', () => {
  const whole = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\nX-A: 1\r\nx-a: 2\r\n\r\nno.next'
  expect(readResponse(Buffer.from(whole.slice(0, -5)), false)).toBeUndefined()
  const read = readResponse(Buffer.from(whole), false)
  expect(read?.response.status).toBe(403)
  expect(read?.response.headers.get('x-a')).toBe('1, 2')
  expect(read?.response.body).toBe('no.')
  expect(read?.rest.toString()).toBe('next')
})

test('a body in chunks is put together', () => {
  const whole =
    'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnot\r\n2\r\n h\r\n0\r\n\r\nnext'
  expect(readResponse(Buffer.from(whole.slice(0, -6)), false)).toBeUndefined()
  const read = readResponse(Buffer.from(whole), false)
  expect(read?.response.body).toBe('not h')
  expect(read?.rest.toString()).toBe('next')
})

test('a body without a length ends with the connection', () => {
  const bytes = Buffer.from('HTTP/1.1 404 Not Found\r\n\r\ngone')
  expect(readResponse(bytes, false)).toBeUndefined()
  expect(readResponse(bytes, true)?.response.body).toBe('gone')
})

test('an upgrade has no body: all behind the head is left', () => {
  const read = readResponse(Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n\x81'), false)
  expect(read?.rest.length).toBeGreaterThan(0)
})
