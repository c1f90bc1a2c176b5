import { STATUS_CODES } from 'node:http'
import { describe, expect, test } from 'vitest'
import { isRefusal, NOT_FOUND, refuse } from '../../src/handshake/refusal.ts'
import { OptionError } from '../../src/runtime/option-error.ts'

describe('refuse', () => {
  test('carries status, headers and body', () => {
    expect(refuse(401, { headers: { 'WWW-Authenticate': 'Basic' }, body: 'Who are you?' })).toEqual(
      {
        reason: 'unauthorized',
        status: 401,
        statusText: 'Unauthorized',
        headers: { 'Content-Type': 'text/plain; charset=utf-8', 'WWW-Authenticate': 'Basic' },
        body: 'Who are you?',
      },
    )
  })

  test.each(['Content-Type', 'content-type'])('has one type, by the name of %s too', (name) => {
    const { headers } = refuse(401, { headers: { [name]: 'application/json' }, body: '{}' })
    expect(headers).toEqual({ [name]: 'application/json' })
  })

  test.each([400, 401, 402, 403, 404, 405, 409, 410, 421, 426, 429, 431, 451, 500, 502, 503, 504])(
    'says the words of the status %i where nothing else is said',
    (status) => {
      const words = STATUS_CODES[status]
      expect(refuse(status)).toMatchObject({ statusText: words, body: words })
    },
  )

  test.each([400, 499, 599])('takes the status %i', (status) => {
    expect(refuse(status).status).toBe(status)
  })

  test('says Refused for a status without words of its own', () => {
    expect(refuse(499)).toMatchObject({ statusText: 'Refused', body: 'Refused' })
  })

  test.each([200, 302, 399, 600, 401.5, Number.NaN])('takes no status %d', (status) => {
    expect(() => refuse(status)).toThrow(OptionError)
    expect(() => refuse(status)).toThrow(/status.*whole number from 400 to 599/)
  })

  test.each([
    ['X Header', 'a'],
    ['', 'a'],
    ['X-Header', 'a\r\nSet-Cookie: b=c'],
    ['X-Header', 'a\u0000'],
    ['X-Header', '€'],
    ['X-Header', 5],
    ['X-Header', ['a', 'b']],
    ['Content-Length', '5'],
    ['connection', 'close'],
    ['Transfer-Encoding', 'chunked'],
    ['upgrade', 'websocket'],
    ['X-Header', '\u007f'],
  ])('takes no header that could not stand in a response: %j: %j', (name, value) => {
    // What the type forbids, plain JavaScript can still do.
    const headers = { [name]: value } as Record<string, string>
    expect(() => refuse(401, { headers })).toThrow(OptionError)
  })

  test.each([
    ['X Header', 'a', /header name.*token.*connection, content-length, transfer-encoding, upgrade/],
    ['X-Header', '€', /header X-Header.*visible Latin-1 characters, spaces and tabs/],
  ])('says what a header may be: %j: %j', (name, value, words) => {
    expect(() => refuse(401, { headers: { [name]: value } })).toThrow(words)
  })

  test.each(['', 'a\tb', ' ~', '\u0080\u00ff'])('takes the header value %j', (value) => {
    expect(refuse(401, { headers: { 'X-Header': value } }).headers['X-Header']).toBe(value)
  })

  test('takes no body that is no string', () => {
    // What the type forbids, plain JavaScript can still do.
    const body = { a: 1 } as unknown as string
    expect(() => refuse(401, { body })).toThrow(OptionError)
    expect(() => refuse(401, { body })).toThrow(/body.*a string/)
  })
})

test('a path that nobody serves is answered with 404 in plain words', () => {
  const body = 'Nothing is served at this path.'
  expect(NOT_FOUND).toMatchObject({ status: 404, statusText: 'Not Found', body })
})

describe('an answer of authorize', () => {
  test('is a refusal where refuse has made it', () => {
    expect(isRefusal(refuse(401))).toBe(true)
  })

  test.each([undefined, null, 401, 'refused', { status: 401, reason: 'unauthorized' }])(
    'is no refusal: %j',
    (answer) => {
      expect(isRefusal(answer)).toBe(false)
    },
  )
})
