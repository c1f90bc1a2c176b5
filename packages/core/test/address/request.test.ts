import { describe, expect, test } from 'vitest'
import { HeaderFields } from '../../src/address/request.ts'

function headers(...lines: readonly (readonly [string, string])[]): HeaderFields {
  const made = new HeaderFields()
  for (const [name, value] of lines) made.add(name, value)
  return made
}

describe('request headers', () => {
  test('are found whatever case their names are in', () => {
    expect(headers(['X-Token', 'a']).get('x-tOKEN')).toBe('a')
  })

  test('that are not there are undefined, those of Object included', () => {
    expect(headers().get('constructor')).toBeUndefined()
  })

  test('of one name are joined by a comma', () => {
    expect(headers(['Accept', 'a'], ['accept', 'b']).get('Accept')).toBe('a, b')
  })

  test('by the name of Cookie are joined by a semicolon', () => {
    expect(headers(['Cookie', 'a=1'], ['cookie', 'b=2']).get('Cookie')).toBe('a=1; b=2')
    expect(headers(['Cookie', 'a=1'], ['Cookie', 'b=2']).get('Cookie')).toBe('a=1; b=2')
  })

  test('are counted by line, not by name', () => {
    expect(headers().lines).toBe(0)
    expect(headers(['A', '1'], ['A', '2'], ['B', '']).lines).toBe(3)
  })

  test('are what the Headers of the web are made of', () => {
    const fields = headers(['Cookie', 'a=1'], ['X-Token', 'b'], ['cookie', 'c=2'])
    expect([...new Headers([...fields])]).toEqual([...fields])
    // The types of Node want a list, and it takes whatever can be iterated.
    const made = new Headers(fields as Iterable<[string, string]> as [string, string][])
    expect([...made]).toEqual([
      ['cookie', 'a=1; c=2'],
      ['x-token', 'b'],
    ])
  })

  test('can be listed, with lower-case names', () => {
    expect([...headers(['A', '1'], ['B', ''], ['A', '2']).entries()]).toEqual([
      ['a', '1, 2'],
      ['b', ''],
    ])
  })
})
