import { STATUS_CODES } from 'node:http'
import { describe, expect, test } from 'vitest'
import { isRefusal, NOT_FOUND, type RefuseOptions, refuse } from '../../src/handshake/refusal.ts'
import { fieldLines } from '../../src/handshake/response-headers.ts'
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

  test.each([200, 300, 304, 305, 306, 399, 600, 401.5, Number.NaN])(
    'takes no status %d',
    (status) => {
      expect(() => refuse(status)).toThrow(OptionError)
      expect(() => refuse(status)).toThrow(
        /status.*whole number from 400 to 599, or 301, 302, 303, 307, 308 with a Location/,
      )
    },
  )

  test.each([
    ['X Header', 'a'],
    ['', 'a'],
    ['X-Header', 'a\r\nSet-Cookie: b=c'],
    ['X-Header', 'a\u0000'],
    ['X-Header', '€'],
    ['X-Header', 5],
    ['X-Header', ['a', 5]],
    ['X-Header', ['a', 'b\r\n']],
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
    ['X-Header', '€', /header X-Header.*visible ASCII characters, spaces and tabs/],
    ['X-Header', 'é', /header X-Header.*visible ASCII characters, spaces and tabs/],
  ])('says what a header may be: %j: %j', (name, value, words) => {
    expect(() => refuse(401, { headers: { [name]: value } })).toThrow(words)
  })

  test.each(['', 'a\tb', ' ~'])('takes the header value %j', (value) => {
    expect(refuse(401, { headers: { 'X-Header': value } }).headers['X-Header']).toBe(value)
  })

  const several = {
    'Set-Cookie': ['a=1', 'b=2'],
    'X-Header': 'c',
  }
  const pairs: readonly (readonly [string, string])[] = [
    ['Set-Cookie', 'a=1'],
    ['X-Header', 'c'],
    ['Set-Cookie', 'b=2'],
  ]

  test.each([
    ['an object', several],
    ['pairs', pairs],
    ['a generator', pairs.values()],
    ['a Map', new Map([['Set-Cookie', 'a=1'] as const, ['X-Header', 'c'] as const])],
    ['Headers', new Headers(pairs.map(([name, value]): [string, string] => [name, value]))],
  ])('takes its headers from %s', (what, headers) => {
    const refusal = refuse(401, { headers })
    const lines = fieldLines(refusal.headers).map(([name, value]) => [name.toLowerCase(), value])
    const expected = [
      ['content-type', 'text/plain; charset=utf-8'],
      ['set-cookie', 'a=1'],
      ...(what === 'a Map' ? [] : [['set-cookie', 'b=2']]),
      ['x-header', 'c'],
    ]
    expect(lines.sort()).toEqual(expected.sort())
  })

  test.each([
    ['a text', 'X-Header: a', '"X-Header: a"'],
    ['null', null, 'null'],
    ['names without values', new Set(['X-Header']), '"X-Header"'],
    ['a list of three', [['X-Header', 'a', 'b']], 'a list'],
  ])('takes no headers from %s, and says so', (_what, given, shown) => {
    // What the type forbids, plain JavaScript can still do.
    const headers = given as unknown as Record<string, string>
    expect(() => refuse(401, { headers })).toThrow(OptionError)
    expect(() => refuse(401, { headers })).toThrow(
      /headers must be an object .* a name and a value/,
    )
    expect(() => refuse(401, { headers })).toThrow(`got ${shown}.`)
  })

  test.each([
    [{ header: { a: 'b' } }, 'Unknown option "header". Did you mean "headers"?'],
    [{ headers: {}, reason: 'x' }, 'Unknown option "reason". Known options are headers, body.'],
    [
      'Log in first.',
      'The second argument of refuse must be an object of options, got "Log in first."',
    ],
    [null, 'The second argument of refuse must be an object of options, got null.'],
  ])('takes no options %j', (options, words) => {
    // What the type forbids, plain JavaScript can still do.
    expect(() => refuse(401, options as unknown as RefuseOptions)).toThrow(words)
  })

  test.each([301, 302, 303, 307, 308])('sends elsewhere by %i', (status) => {
    const refusal = refuse(status, { headers: { location: 'wss://b.example/ws' } })
    const words = STATUS_CODES[status]
    expect(refusal).toMatchObject({ status, statusText: words, body: words })
    expect(() => refuse(status, { headers: { 'X-Header': 'a' } })).toThrow(
      `headers must have a Location where the status is ${status}, got none. Name the URL `,
    )
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
