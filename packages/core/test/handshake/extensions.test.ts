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
  ])('is chosen from %s', (header) => {
    expect(chooseExtension(header)).toBe('permessage-deflate')
  })

  test.each([
    'x-other',
    'permessage-deflate; server_max_window_bits=10',
    'permessage-deflate; client_max_window_bits=7',
    'permessage-deflate; client_max_window_bits=16',
    'permessage-deflate; unknown=1',
    'permessage-deflate; x_client_no_context_takeover',
    'permessage-deflate; client_no_context_takeover=1',
    'permessage-deflate; client_max_window_bits; client_max_window_bits',
  ])('is not chosen from %s', (header) => {
    expect(chooseExtension(header)).toBe('')
  })

  test('is not chosen where nothing is offered', () => {
    expect(chooseExtension(undefined)).toBe('')
  })
})

test.each([
  '',
  ' ',
  ',',
  'permessage-deflate;',
  'permessage-deflate, ',
  'permessage deflate',
  'a; b="c d"',
  'a; b="c',
  'a; b=c"d"',
  'a; b="c"d',
  'a; b=c=d',
  'a; =b',
])('%j is malformed', (header) => {
  expect(chooseExtension(header)).toBeUndefined()
})
