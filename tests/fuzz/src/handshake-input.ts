import fc from 'fast-check'
import type { Input } from './input.ts'
import { cuts, isHasty, mutate, mutations } from './mutation.ts'
import { LATER_HEADER, ORIGIN, PATH, REFUSED_HEADER } from './settings.ts'

type Field = readonly [name: string, value: string]

/** Mostly the first, which is right. */
function mostly<T>(right: T, ...wrong: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 40, arbitrary: fc.constant(right) },
    { weight: 1, arbitrary: fc.constantFrom(right, ...wrong) },
  )
}

const method = mostly('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT', 'get', 'PRI', 'X')
const target = mostly(
  PATH,
  `${PATH}?room=1&a=${'b'.repeat(30)}`,
  `http://localhost${PATH}`,
  `HTTP://localhost:80${PATH}?q`,
  'http://localhost',
  `${PATH}#fragment`,
  `${PATH}/`,
  `/${PATH}`,
  '/',
  '*',
  '',
  '/%77s',
  `${PATH}${'a'.repeat(5_000)}`,
  `/other?${PATH}`,
  'localhost:80',
)
const version = mostly('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1.1 ', '')
const key = fc.oneof(
  { weight: 10, arbitrary: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(base64) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 24 }).map(base64) },
  { weight: 1, arbitrary: fc.constantFrom('', 'x', '!'.repeat(24), `${'!'.repeat(22)}==`) },
)

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

const upgrade = mostly(
  'websocket',
  'WebSocket',
  'h2c, websocket',
  'h2c',
  '',
  'websocket,',
  'websockets',
)
const connection = mostly('Upgrade', 'keep-alive, upgrade', 'close', '', 'upgrade;', ',,Upgrade,')
const wsVersion = mostly('13', '8', '13, 8', '013', ' 13', '', '99')
const protocols = mostly('', 'chat', 'superchat, chat', 'chat,,x', 'chat, chat', 'no token', 'x')
const origin = mostly(
  ORIGIN,
  'HTTPS://CLIENT.EXAMPLE:443',
  'https://client.example.evil.example',
  'null',
  '',
  'https://client.example, https://client.example',
  'https://[::1',
)
const extensions = mostly(
  '',
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  'permessage-deflate; server_max_window_bits=8; server_max_window_bits=9, permessage-deflate',
  'permessage-deflate; client_max_window_bits="10"',
  'x-a; b="c\\"',
  ';;,,',
)

const extraValue = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('a\r\n b', 'a\0b', '\t', 'é', 'chunked', '0', '5', '100-continue'),
  },
)
const extraName = fc.constantFrom(
  'User-Agent',
  'Cookie',
  'X-A',
  'X-A ',
  ' X-A',
  '',
  '__proto__',
  'Content-Length',
  'Transfer-Encoding',
  'Expect',
  'Host',
  'Origin',
  'Upgrade',
  'Connection',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Version',
  LATER_HEADER,
  LATER_HEADER,
  LATER_HEADER,
  REFUSED_HEADER,
)
/** Now and then many fields, or one that is huge. */
const bulk: fc.Arbitrary<readonly Field[]> = fc.oneof(
  { weight: 60, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 30, max: 2_100 })
      .map((count) => Array.from({ length: count }, (_, i): Field => [`X-${i}`, 'x'])),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 2_000, max: 20_000 })
      .map((size): Field[] => [['X-Huge', 'x'.repeat(size)]]),
  },
)
const extra: fc.Arbitrary<readonly Field[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(fc.tuple(extraName, extraValue), { minLength: 1, maxLength: 3 }),
  },
)

const colon = mostly(': ', ':', ' : ', ':\t', ':  \t ', '')
const lineEnd = mostly('\r\n', '\n', '\r', '\r\n ', '\r\n\r\n')

/** Mostly nothing follows. */
const behind = mostly(
  '',
  'x',
  '5\r\nhello\r\n0\r\n\r\n',
  'ffffffffffffffff\r\n',
  '\x81\x80\0\0\0\0',
  '\x88\x80\0\0\0\0',
  '\r\n\r\n',
)

const request = fc
  .record({
    line: fc.tuple(method, target, version),
    fields: fc.record({
      Host: mostly('localhost', '', 'a, b', 'localhost:99999'),
      Upgrade: upgrade,
      Connection: connection,
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': wsVersion,
      'Sec-WebSocket-Protocol': protocols,
      'Sec-WebSocket-Extensions': extensions,
      Origin: origin,
    }),
    left: mostly(
      '',
      'Host',
      'Upgrade',
      'Connection',
      'Sec-WebSocket-Key',
      'Sec-WebSocket-Version',
      'Origin',
    ),
    isLowerCase: fc.boolean(),
    extra,
    bulk,
    colon,
    lineEnd,
    behind,
  })
  .map(({ line, fields, left, isLowerCase, extra, bulk, colon, lineEnd, behind }) => {
    const regular = Object.entries(fields)
      .filter(([name, value]) => name !== left && !(OPTIONAL.has(name) && value === ''))
      .map(([name, value]): Field => [isLowerCase ? name.toLowerCase() : name, value])
    // What is unusual stands in one place only, so that most of the rest is read.
    const [first, ...more] = [...extra, ...regular, ...bulk].map(([name, value]) => [name, value])
    const lines = [
      line.join(' '),
      `${first?.join(colon) ?? ''}`,
      ...more.map((field) => field.join(': ')),
    ]
    return Buffer.from(`${lines.join('\r\n')}${lineEnd}\r\n${behind}`, 'latin1')
  })

const OPTIONAL = new Set(['Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions'])

/** Bytes for a connection on which nothing was said yet. */
export const handshakeInput: fc.Arbitrary<Input> = fc
  .record({
    bytes: fc.oneof(
      { weight: 40, arbitrary: request },
      // Several in one piece.
      { weight: 2, arbitrary: fc.tuple(request, request).map((all) => Buffer.concat(all)) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 60 }).map(Buffer.from) },
    ),
    mutations,
    cuts,
    isHasty,
    compression: fc.boolean(),
  })
  .map(({ bytes, mutations, ...rest }) => ({ ...rest, bytes: mutate(bytes, mutations) }))
