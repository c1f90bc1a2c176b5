import { describe, expect, test } from 'vitest'
import { chooseExtension } from '../../src/handshake/extensions.ts'

describe('permessage-deflate', () => {
  test.each([
    'permessage-deflate',
    'Permessage-Deflate',
    'permessage-deflate; client_max_window_bits',
    'permessage-deflate; client_max_window_bits=15; server_no_context_takeover',
    'permessage-deflate; client_max_window_bits="10"',
    'permessage-deflate; client_max_window_bits = 10',
    'permessage-deflate; client_max_window_bits; client_no_context_takeover',
    'x-other, permessage-deflate',
    'x-other; a = "b", permessage-deflate',
    'permessage-deflate; server_max_window_bits=10, permessage-deflate',
    'permessage-deflate,',
    ' ,, permessage-deflate',
  ])('is chosen from %s', (header) => {
    expect(chooseExtension(header, false)).toBe('permessage-deflate')
  })

  test.each([
    ['permessage-deflate; server_max_window_bits=8', '8'],
    ['permessage-deflate; server_max_window_bits = "15"', '15'],
    ['permessage-deflate; client_max_window_bits; SERVER_MAX_WINDOW_BITS=10', '10'],
    ['permessage-deflate; server_max_window_bits=9; server_no_context_takeover', '9'],
    ['permessage-deflate; server_max_window_bits=9, permessage-deflate', '9'],
    [
      'permessage-deflate; server_max_window_bits, permessage-deflate; server_max_window_bits=12',
      '12',
    ],
  ])('is chosen with its limit from %s where the engine can honour that', (header, bits) => {
    const expected = `permessage-deflate; server_max_window_bits=${bits}`
    expect(chooseExtension(header, true)).toBe(expected)
  })

  test('is chosen from the first offer that can be honoured', () => {
    const header = 'permessage-deflate, permessage-deflate; server_max_window_bits=9'
    expect(chooseExtension(header, true)).toBe('permessage-deflate')
  })

  test.each([
    'permessage-deflate; server_max_window_bits',
    'permessage-deflate; server_max_window_bits=7',
    'permessage-deflate; server_max_window_bits=16',
    'permessage-deflate; server_max_window_bits=09',
    'permessage-deflate; server_max_window_bits=9; server_max_window_bits=9',
    'permessage-deflate; server_max_window_bits=9; unknown',
    'x-other; server_max_window_bits=9',
  ])('is not chosen from %s, whatever the engine can', (header) => {
    expect(chooseExtension(header, true)).toBe('')
    expect(chooseExtension(header, false)).toBe('')
  })

  test.each([
    '',
    ' ',
    ',',
    'x-other',
    'permessage-deflate; server_max_window_bits=10',
    'permessage-deflate; client_max_window_bits=7',
    'permessage-deflate; client_max_window_bits=16',
    'permessage-deflate; unknown=1',
    'permessage-deflate; x_client_no_context_takeover',
    'permessage-deflate; client_no_context_takeover=1',
    'permessage-deflate; client_max_window_bits; client_max_window_bits',
  ])('is not chosen from %s', (header) => {
    expect(chooseExtension(header, false)).toBe('')
  })

  test('is not chosen where nothing is offered', () => {
    expect(chooseExtension(undefined, true)).toBe('')
  })
})

test.each([
  'permessage-deflate;',
  'permessage deflate',
  'a; b="c d"',
  'a; b="c',
  'a; b=c"d"',
  'a; b="c"d',
  'a; b=c=d',
  'a; =b',
  'permessage-deflate, a; =b',
])('%j is malformed', (header) => {
  expect(chooseExtension(header, false)).toBeUndefined()
})
