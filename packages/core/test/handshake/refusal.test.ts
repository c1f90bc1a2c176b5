import { describe, expect, test } from 'vitest'
import { refuse } from '../../src/handshake/refusal.ts'
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

  test('says the words of the status where nothing else is said', () => {
    expect(refuse(403).body).toBe('Forbidden')
    expect(refuse(499).body).toBe('Refused')
  })

  test.each([200, 302, 399, 600, 401.5, Number.NaN])('takes no status %d', (status) => {
    expect(() => refuse(status)).toThrow(OptionError)
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
  ])('takes no header that could not stand in a response: %j: %j', (name, value) => {
    // What the type forbids, plain JavaScript can still do.
    const headers = { [name]: value } as Record<string, string>
    expect(() => refuse(401, { headers })).toThrow(OptionError)
  })

  test('takes no body that is no string', () => {
    // What the type forbids, plain JavaScript can still do.
    const body = { a: 1 } as unknown as string
    expect(() => refuse(401, { body })).toThrow(OptionError)
  })
})
