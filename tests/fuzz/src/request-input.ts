import fc from 'fast-check'
import type { Input } from './input.ts'
import { cuts, isHasty, mutate, mutations } from './mutation.ts'
import { LATER_HEADER, ORIGIN, PATH } from './settings.ts'

/** What stands in an input for the token that the player has negotiated. */
export const TOKEN = 'the-token-of-the-player'

const END = '\x1e'
const call = (type: number, target: string, ...args: unknown[]): string =>
  `${JSON.stringify({ type, invocationId: target, target, arguments: args })}${END}`

const record = fc.constantFrom(
  `{"protocol":"json","version":1}${END}`,
  `{"protocol":"json","version":1}${END}`,
  `{"protocol":"messagepack","version":1}${END}`,
  `{"type":6}${END}`,
  `{"type":7}${END}`,
  `{"type":8,"sequenceId":3}${END}`,
  call(1, 'echo', 'x'),
  call(1, 'ask', 'x'),
  call(4, 'count', 50),
  call(4, 'held'),
  call(1, 'total').slice(0, 20),
  `\xff\xfe${END}`,
  'x'.repeat(70_000),
  '',
)
const body = fc.array(record, { minLength: 1, maxLength: 4 }).map((records) => records.join(''))

const query = fc.oneof(
  { weight: 20, arbitrary: fc.constant(`?id=${TOKEN}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '?id=',
      '?id=nobody',
      '?id=%00',
      '?id=%',
      `?id=${TOKEN}&id=${TOKEN}`,
      `?x=1&id=${TOKEN}&_=2`,
      `?id=${'x'.repeat(3_000)}`,
    ),
  },
)

const field = fc.constantFrom(
  `${LATER_HEADER}: 1`,
  'Connection: close',
  'Connection: keep-alive',
  `Origin: ${ORIGIN}`,
  'Origin: https://other.example',
  'Expect: 100-continue',
  'Content-Type: text/plain',
  'Content-Encoding: gzip',
)
const fields = fc.array(field, { maxLength: 2 })

const get = fc
  .tuple(query, fields, fc.constantFrom('*/*', 'text/event-stream', 'text/event-stream, */*', ''))
  .map(([query, fields, accept]) => head('GET', query, [...fields, `Accept: ${accept}`]))

const wrongLength = fc.constantFrom('0', '1', '999999', '-1', 'x', '5, 5')
const post = fc
  .tuple(
    query,
    fields,
    body,
    fc.constantFrom('exact', 'exact', 'exact', 'chunked', 'wrong'),
    wrongLength,
  )
  .map(([query, fields, body, form, wrong]) => {
    if (form === 'chunked') {
      const parts = [body.slice(0, 10), body.slice(10)].filter((part) => part !== '')
      const chunks = parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
      const all = [...fields, 'Transfer-Encoding: chunked']
      return `${head('POST', query, all)}${chunks.join('')}0\r\n\r\n`
    }
    const length = form === 'exact' ? body.length : wrong
    return `${head('POST', query, [...fields, `Content-Length: ${length}`])}${body}`
  })
const other = fc
  .tuple(
    fc.constantFrom('DELETE', 'DELETE', 'OPTIONS', 'HEAD', 'PUT', 'TRACE'),
    query,
    fc.constantFrom('', '', '/', '/negotiate', '/negotiate/', '//negotiate'),
    fields,
  )
  .map(([method, query, behind, fields]) =>
    head(method, `${behind}${query}`, [...fields, 'Access-Control-Request-Method: POST']),
  )

const upgrade = fc
  .tuple(query, fields, fc.constantFrom('', '\x81\x80\0\0\0\0'))
  .map(([query, fields, behind]) => {
    const handshake = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    return `${head('GET', query, [...fields, ...handshake])}${behind}`
  })

function head(method: string, query: string, fields: readonly string[]): string {
  return `${[`${method} ${PATH}${query} HTTP/1.1`, 'Host: localhost', ...fields].join('\r\n')}\r\n\r\n`
}

const request = fc.oneof(
  { weight: 4, arbitrary: get },
  { weight: 6, arbitrary: post },
  { weight: 1, arbitrary: other },
  { weight: 1, arbitrary: upgrade },
)

/** Bytes for a connection of their own, by somebody who has negotiated. */
export const requestInput: fc.Arbitrary<Input> = fc
  .record({
    text: fc.oneof(
      { weight: 12, arbitrary: request },
      // Two in one piece.
      { weight: 1, arbitrary: fc.tuple(request, request).map((both) => both.join('')) },
    ),
    mutations,
    cuts,
    isHasty,
    compression: fc.constant(false),
  })
  .map(({ text, mutations, ...rest }) => ({
    ...rest,
    bytes: mutate(Buffer.from(text, 'latin1'), mutations),
  }))
