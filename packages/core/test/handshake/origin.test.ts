import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AllowedOrigins,
  createOriginPolicy,
  normalizeOrigin,
} from '../../src/handshake/origin.ts'
import { OptionError } from '../../src/runtime/option-error.ts'
import { handshakeRequest } from '../support/handshake-request.ts'

interface Attempt {
  readonly origin?: string | readonly string[]
  readonly host?: string
  readonly secure?: boolean
  readonly requireOrigin?: boolean
}

function verdict(
  allowedOrigins: AllowedOrigins,
  { origin, host = 'server.example', secure = false, requireOrigin = false }: Attempt,
) {
  const policy = createOriginPolicy({ allowedOrigins, requireOrigin })
  return policy(handshakeRequest({ secure, headers: { Origin: origin, Host: host } }))
}

const passes = (allowed: AllowedOrigins, attempt: Attempt) =>
  verdict(allowed, attempt) === undefined

describe('normalizeOrigin', () => {
  test.each([
    ['https://client.example', 'https://client.example'],
    ['HTTPS://Client.Example', 'https://client.example'],
    ['https://client.example:443', 'https://client.example'],
    ['http://client.example:80', 'http://client.example'],
    ['https://client.example:80', 'https://client.example:80'],
    ['https://client.example:0443', 'https://client.example'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://[0:0::1]:80', 'http://[::1]'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://BÜCHER.example', 'https://xn--bcher-kva.example'],
    ['ws://client.example:80', 'ws://client.example'],
    ['wss://client.example:443', 'wss://client.example'],
    ['ftp://client.example:21', 'ftp://client.example'],
    ['app://Shell', 'app://shell'],
    ['chrome-extension://abcdef', 'chrome-extension://abcdef'],
    ['file://', 'file://'],
    ['FILE://', 'file://'],
    ['file://host', 'file://host'],
    ['null', 'null'],
  ])('brings %s to %s', (text, origin) => {
    expect(normalizeOrigin(text)).toBe(origin)
  })

  test.each([
    '',
    'NULL',
    'client.example',
    '//client.example',
    'https:client.example',
    'https://',
    'https:///',
    'file:///',
    'file:',
    'app://',
    'https://client.example/',
    'https://client.example/path',
    'https://client.example?query',
    'https://client.example#fragment',
    'https://user@client.example',
    'https://user:secret@client.example',
    'https://client.example\\path',
    'https://client.example, https://client.example',
    'https://client.example https://client.example',
    ' https://client.example',
    'https://client.example ',
    'https://client.example\n',
    'https://client.example:65536',
    'https://client.example:port',
    'https://[::1',
    'https://cli ent.example',
    '1https://client.example',
    'null, null',
  ])('takes %j for no origin', (text) => {
    expect(normalizeOrigin(text)).toBeUndefined()
  })
})

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
const domain = fc
  .array(label, { minLength: 1, maxLength: 3 })
  .map((labels) => [...labels, 'example'].join('.'))
const idn = fc.constantFrom('bücher.example', 'пример.example', '例え.example', 'ÉTÉ.example')
const ipv6 = fc.ipV6().map((address) => `[${address}]`)
const host = fc.oneof(domain, idn, fc.ipV4(), ipv6)
const scheme = fc.constantFrom('http', 'https')
const port = fc.oneof(
  fc.constantFrom('', ':80', ':443'),
  fc.nat(65_535).map((n) => `:${n}`),
)
const origins = fc
  .tuple(scheme, host, port)
  .map((parts): [string, string, string] => parts)
  .map(([name, authority, suffix]) => `${name}://${authority}${suffix}`)
const inAnyCase = origins.chain((origin) =>
  fc
    .array(fc.boolean(), { minLength: origin.length, maxLength: origin.length })
    .map((upper) =>
      [...origin].map((char, index) => (upper[index] ? char.toUpperCase() : char)).join(''),
    ),
)

const anything = fc
  .tuple(fc.constantFrom('http', 'HTTPS', 'App'), fc.string())
  .map(([name, rest]) => `${name}://${rest}`)

describe('any origin of a web page', () => {
  test('is brought to the form that the URL standard gives it', () => {
    fc.assert(
      fc.property(inAnyCase, (text) => {
        expect(normalizeOrigin(text)).toBe(new URL(text).origin)
      }),
    )
  })

  test('is left alone once it has its form', () => {
    fc.assert(
      fc.property(fc.oneof(inAnyCase, anything), (text) => {
        const origin = normalizeOrigin(text)
        expect(origin && normalizeOrigin(origin)).toBe(origin)
      }),
    )
  })

  test('passes where it is listed, in whatever way either is written', () => {
    fc.assert(
      fc.property(inAnyCase, (text) => {
        expect(passes([new URL(text).origin], { origin: text })).toBe(true)
        expect(passes([text], { origin: new URL(text).origin })).toBe(true)
      }),
    )
  })

  test('passes no list that it is not in', () => {
    fc.assert(
      fc.property(origins, fc.array(origins, { maxLength: 5 }), (text, list) => {
        const { origin } = new URL(text)
        const isListed = list.some((entry) => new URL(entry).origin === origin)
        expect(passes(list, { origin })).toBe(isListed)
      }),
    )
  })

  test('matches a pattern if it is a proper subdomain, on the same scheme and port', () => {
    const lookalikes = fc.constantFrom('', 'a.', 'a.b.', 'a-', 'evil')
    const ends = fc.constantFrom('', '.', '.evil.example', ':8443')
    fc.assert(
      fc.property(domain, scheme, scheme, lookalikes, ends, (base, wanted, sent, before, end) => {
        const isSubdomain = before.endsWith('.') && end === '' && wanted === sent
        const origin = `${sent}://${before}${base}${end}`
        expect(passes([`${wanted}://*.${base}`], { origin })).toBe(isSubdomain)
      }),
    )
  })
})

describe('what passes', () => {
  const cases: readonly [string, AllowedOrigins, Attempt][] = [
    ['every origin with *', '*', { origin: 'https://client.example' }],
    ['null with *', '*', { origin: 'null' }],
    ['a request without Origin', ['https://client.example'], {}],
    ['a listed origin', ['https://client.example'], { origin: 'https://client.example' }],
    ['an origin on a listed port', ['http://a.example:81'], { origin: 'http://a.example:81' }],
    ['null where it is listed', ['null'], { origin: 'null' }],
    ['an origin of a scheme of its own', ['app://shell'], { origin: 'app://shell' }],
    ['an origin whose host is named ws', ['app://ws:81'], { origin: 'app://ws:81' }],
    ['a deep subdomain', ['https://*.example.com'], { origin: 'https://a.b.example.com' }],
    ['a subdomain on the port', ['http://*.a.example:81'], { origin: 'http://b.a.example:81' }],
    [
      'a subdomain of a default port',
      ['https://*.a.example:443'],
      { origin: 'https://b.a.example' },
    ],
    ['a subdomain in odd case', ['HTTPS://*.A.Example'], { origin: 'https://b.a.example' }],
    [
      'a subdomain with an international name',
      ['https://*.bücher.example'],
      {
        origin: 'https://a.xn--bcher-kva.example',
      },
    ],
    ['what a RegExp matches', [/^https:\/\/[ab]\.example$/], { origin: 'https://b.example' }],
    [
      'what a function lets pass',
      [(origin) => origin.length === 17],
      {
        origin: 'https://b.example',
      },
    ],
    ['a page of a file where it is listed', ['file://'], { origin: 'file://' }],
    ['a page of a file, written in another case', ['FILE://'], { origin: 'File://' }],
    ['a page of a file that a RegExp matches', [/^file:\/\/$/], { origin: 'file://' }],
    ['what is no origin and a RegExp matches', [/^app:$/], { origin: 'app:' }],
    [
      'what is no origin and a function lets pass',
      [(origin) => origin === 'HTTPS://A.Example/'],
      { origin: 'HTTPS://A.Example/' },
    ],
    ['the last entry of a list', ['null', /^x/, 'app://shell'], { origin: 'app://shell' }],
    ['its own origin', 'same-origin', { origin: 'http://server.example' }],
    ['its own origin in a list', ['null', 'same-origin'], { origin: 'http://server.example' }],
    [
      'its own origin on a port',
      'same-origin',
      { origin: 'http://a.example:81', host: 'a.example:81' },
    ],
    ['its own origin over TLS', 'same-origin', { origin: 'https://server.example', secure: true }],
    ['its own origin behind a TLS proxy', 'same-origin', { origin: 'https://server.example' }],
    [
      'its own origin whose Host names the default port',
      'same-origin',
      {
        origin: 'https://server.example',
        host: 'Server.Example:443',
        secure: true,
      },
    ],
  ]
  test.each(cases)('%s', (_name, allowed, attempt) => {
    expect(passes(allowed, attempt)).toBe(true)
  })
})

describe('what does not pass', () => {
  const cases: readonly [string, AllowedOrigins, Attempt][] = [
    ['any origin of an empty list', [], { origin: 'https://client.example' }],
    ['another scheme', ['https://client.example'], { origin: 'http://client.example' }],
    ['another port', ['https://client.example'], { origin: 'https://client.example:8443' }],
    ['a subdomain of a listed origin', ['https://a.example'], { origin: 'https://b.a.example' }],
    ['the domain of a pattern', ['https://*.example.com'], { origin: 'https://example.com' }],
    ['an empty subdomain', ['https://*.example.com'], { origin: 'https://.example.com' }],
    ['a lookalike', ['https://*.example.com'], { origin: 'https://evilexample.com' }],
    ['null that is not listed', ['https://client.example'], { origin: 'null' }],
    ['null with a RegExp', [/./], { origin: 'null' }],
    ['null with a function', [() => true], { origin: 'null' }],
    ['null with same-origin', 'same-origin', { origin: 'null' }],
    ['an empty Origin', [/.?/], { origin: '' }],
    ['an Origin that is none', ['https://client.example'], { origin: 'https://client.example/' }],
    [
      'a path that ends like a pattern',
      ['https://*.a.example'],
      { origin: 'https://x/.a.example' },
    ],
    ['a page of a file that is not listed', ['app://shell', 'null'], { origin: 'file://' }],
    ['a page of a file with same-origin', 'same-origin', { origin: 'file://', host: '' }],
    ['two Origin headers', [/./], { origin: ['https://a.example', 'https://a.example'] }],
    ['two Origin headers, both null', ['null'], { origin: ['null', 'null'] }],
    ['a foreign origin', 'same-origin', { origin: 'https://evil.example' }],
    ['its own host on another port', 'same-origin', { origin: 'http://server.example:81' }],
    [
      'its own host without TLS, over TLS',
      'same-origin',
      {
        origin: 'http://server.example',
        secure: true,
      },
    ],
    [
      'its own origin where Host is no host',
      'same-origin',
      {
        origin: 'http://server.example',
        host: 'server.example/x',
      },
    ],
    ['no Origin where one is required', '*', { requireOrigin: true }],
  ]
  test.each(cases)('%s', (_name, allowed, attempt) => {
    expect(passes(allowed, attempt)).toBe(false)
  })

  test('two Origin headers, even where every origin is allowed', () => {
    expect(passes('*', { origin: ['https://a.example', 'https://b.example'] })).toBe(false)
  })

  test.each([
    ['no Origin', { requireOrigin: true }, 'must have an Origin header'],
    ['an Origin that is none', { origin: 'client.example' }, 'must be an origin'],
    [
      'several Origins',
      { origin: ['https://a.example', 'https://b.example'] },
      'one Origin header only',
    ],
    ['a foreign origin', { origin: 'https://evil.example' }, 'not allowed'],
  ])('%s is told in one line', (_name, attempt, words) => {
    const refused = verdict(['https://client.example'], attempt)
    expect(refused).toMatchObject({ reason: 'origin', body: expect.stringContaining(words) })
  })
})

describe('a RegExp', () => {
  test.each(['g', 'y', 'gi'])('with the flag %s answers the same every time', (flags) => {
    const policy = createOriginPolicy({
      allowedOrigins: [new RegExp('^https://client\\.example$', flags)],
      requireOrigin: false,
    })
    const request = handshakeRequest({ headers: { Origin: 'https://client.example' } })
    expect([1, 2, 3].map(() => policy(request))).toEqual([undefined, undefined, undefined])
  })

  test('is left as it was', () => {
    const pattern = /client/g
    passes([pattern], { origin: 'https://client.example' })
    expect(pattern.lastIndex).toBe(0)
  })

  test('with the flag y matches from the beginning only', () => {
    expect(passes([/client\.example/y], { origin: 'https://client.example' })).toBe(false)
  })
})

describe('a function', () => {
  test('is given the origin in the form of browsers, and the request', () => {
    const calls: unknown[][] = []
    const policy = createOriginPolicy({
      allowedOrigins: [(...args) => calls.push(args) > 0],
      requireOrigin: false,
    })
    const request = handshakeRequest({ headers: { Origin: 'HTTPS://Client.Example:443' } })
    policy(request)
    expect(calls).toEqual([['https://client.example', request]])
  })

  test.each([
    ['nothing', () => undefined, 'undefined'],
    ['a number', () => 1, '1'],
    ['a promise', async () => true, 'a promise'],
    ['a promise that rejects', () => Promise.reject(new Error('in vain')), 'a promise'],
  ])('that answers with %s fails, and lets nobody pass', (_name, answer, shown) => {
    // What the type forbids, plain JavaScript can still do.
    const decide = answer as unknown as () => boolean
    const ask = () => verdict(['null', decide], { origin: 'https://client.example' })
    expect(ask).toThrow(TypeError)
    expect(ask).toThrow(
      `allowedOrigins[1] must return true or false at once, got ${shown}. Use authorize `,
    )
  })
})

describe('a wrong entry', () => {
  test.each([
    ['allowedOrigins[0]', [''], '""'],
    ['allowedOrigins[0]', ['client.example'], '"client.example"'],
    ['allowedOrigins[0]', ['https://client.example/'], '"https://client.example/"'],
    ['allowedOrigins[0]', ['https://client.example/path'], '"https://client.example/path"'],
    ['allowedOrigins[0]', ['https://'], '"https://"'],
    ['allowedOrigins[0]', ['*'], '"*"'],
    ['allowedOrigins[0]', ['https://*'], '"https://*"'],
    ['allowedOrigins[0]', ['https://a.*.example'], '"https://a.*.example"'],
    ['allowedOrigins[0]', ['https://*.*.example'], '"https://*.*.example"'],
    ['allowedOrigins[0]', ['*.example.com'], '"*.example.com"'],
    ['allowedOrigins[0]', [' https://*.example.com'], '" https://*.example.com"'],
    ['allowedOrigins[0]', ['https://*.example.com\n'], String.raw`"https://*.example.com\n"`],
    ['allowedOrigins[0]', ['https://*.example.com/'], '"https://*.example.com/"'],
    ['allowedOrigins[0]', ['ws://client.example'], '"ws://client.example"'],
    ['allowedOrigins[0]', ['wss://*.client.example'], '"wss://*.client.example"'],
    ['allowedOrigins[1]', ['null', 5], '5'],
    ['allowedOrigins[2]', ['null', 'null', null], 'null'],
    ['allowedOrigins', 'https://client.example', '"https://client.example"'],
    ['allowedOrigins', 5, '5'],
    ['allowedOrigins', { 0: 'null' }, 'an object'],
  ])('of %s is refused: %j', (option, allowed, shown) => {
    // What the type forbids, plain JavaScript can still do.
    const allowedOrigins = allowed as AllowedOrigins
    const make = () => createOriginPolicy({ allowedOrigins, requireOrigin: false })
    expect(make).toThrow(OptionError)
    expect(make).toThrow(
      expect.objectContaining({
        option,
        message: expect.stringContaining(`, got ${shown}.`),
      }),
    )
  })

  test.each([
    [['wss://*.client.example'], 'Use "https://*.client.example".'],
    [['wss://client.example'], '"https://client.example"'],
    [['ws://client.example:81'], '"http://client.example:81"'],
    [['*'], 'set allowedOrigins to "*"'],
    [['client.example'], '"https://client.example"'],
  ])('%j is refused with what to write instead', (allowedOrigins, words) => {
    const make = () => createOriginPolicy({ allowedOrigins, requireOrigin: false })
    expect(make).toThrow(words)
  })
})
