import type { HandshakeRequest } from '@wirebeat/core'
import { HeaderFields } from '@wirebeat/core/adapter'
import { expect, test } from 'vitest'
import { AnswerFields } from '../src/cross-origin.ts'

function requestOf(origin?: string): HandshakeRequest {
  const headers = new HeaderFields()
  if (origin !== undefined) headers.add('Origin', origin)
  // Nothing else of a request is looked at.
  return { headers } as unknown as HandshakeRequest
}

test('each page is answered with its own origin, and a request without one with none', () => {
  const fields = new AnswerFields({ 'Content-Type': 'text/plain' })
  const [a, b] = ['https://a.example', 'https://b.example']
  for (const origin of [a, b, undefined, a, a, undefined, b]) {
    const { 'Access-Control-Allow-Origin': allowed, ...rest } = fields.for(requestOf(origin))
    expect(allowed).toBe(origin)
    expect(rest).toEqual({
      'Content-Type': 'text/plain',
      ...(origin !== undefined && { 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' }),
    })
  }
})
