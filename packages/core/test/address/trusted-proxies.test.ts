import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalAddress } from '../../src/address/address.ts'
import type { ForwardedHeader } from '../../src/address/forwarded.ts'
import { createClientResolver, type TrustedProxies } from '../../src/address/trusted-proxies.ts'
import { allow } from '../../src/handshake/authorize.ts'
import { admit, refusalOf } from '../support/connect.ts'
import { FakeTransport } from '../support/fake-transport.ts'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { inShort, setUp } from '../support/one-endpoint.ts'

const PROXY = '10.0.0.1'
const ADDRESSES = ['10.0.0.0/8', 'fd00::/8']
const X_FORWARDED: readonly ForwardedHeader[] = [
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
]

interface Told {
  readonly peer?: string
  readonly secure?: boolean
  readonly read?: readonly ForwardedHeader[]
  readonly trusted?: readonly string[]
}

/** Who a request with these headers comes from. */
function clientOf(
  headers: Readonly<Record<string, string | readonly string[]>>,
  { peer = PROXY, secure = false, read = X_FORWARDED, trusted = ADDRESSES }: Told = {},
) {
  const resolve = createClientResolver({ addresses: trusted, headers: read })
  return resolve(handshakeRequest({ headers, secure, remoteAddress: peer }))
}

const forwarded = { read: ['forwarded'] } as const

describe('the certificate of a client', () => {
  const clientCertificate = {
    subject: 'CN=device-7',
    subjectAltName: undefined,
    issuer: 'CN=factory',
    serialNumber: '07',
    fingerprint256: 'AB',
    raw: new Uint8Array(0),
  }
  const resolve = createClientResolver({ addresses: [PROXY], headers: ['x-forwarded-for'] })

  test('is that of the peer', () => {
    const request = handshakeRequest({ clientCertificate, remoteAddress: '198.51.100.7' })
    expect(resolve(request).clientCertificate).toBe(clientCertificate)
    expect(createClientResolver(undefined)(request).clientCertificate).toBe(clientCertificate)
  })

  test.each([{}, { 'X-Forwarded-For': '198.51.100.7' }])(
    'is not that of a trusted proxy, whose headers are %j',
    (headers) => {
      const request = handshakeRequest({ clientCertificate, remoteAddress: PROXY, headers })
      expect(resolve(request).clientCertificate).toBeUndefined()
    },
  )
})

describe('X-Forwarded-For', () => {
  test.each([
    ['198.51.100.7', '198.51.100.7'],
    ['1.1.1.1, 198.51.100.7', '198.51.100.7'],
    ['1.1.1.1, 198.51.100.7, 10.9.9.9', '198.51.100.7'],
    ['10.9.9.9', '10.9.9.9'],
    ['10.8.8.8, 10.9.9.9', '10.8.8.8'],
    ['198.51.100.7:4711', '198.51.100.7'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['"[2001:db8::1]:4711"', '2001:db8::1'],
    ['198.51.100.7, fd00::9', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['198.51.100.7, ::ffff:10.9.9.9', '198.51.100.7'],
    ['  198.51.100.7  ', '198.51.100.7'],
    ['198.51.100.7,10.9.9.9', '198.51.100.7'],
  ])('%j is from %s', (value, address) => {
    expect(clientOf({ 'X-Forwarded-For': value }).remoteAddress).toBe(address)
  })

  test.each([
    '',
    ',',
    'unknown',
    '_hidden',
    'localhost',
    '198.51.100',
    '198.51.100.256',
    '198.51.100.7:',
    '198.51.100.7:123456',
    '[198.51.100.7',
    '[2001:db8::1]4711',
    'fe80::1%eth0]',
    '1.1.1.1 198.51.100.7',
    "'198.51.100.7'",
    '"198.51.100.7',
  ])('%j is nobody: the last good address stands', (entry) => {
    expect(clientOf({ 'X-Forwarded-For': entry }).remoteAddress).toBe(PROXY)
    const chain = `1.1.1.1, ${entry}, 10.9.9.9`
    expect(clientOf({ 'X-Forwarded-For': chain }).remoteAddress).toBe('10.9.9.9')
  })

  test('may come in several lines', () => {
    const headers = { 'X-Forwarded-For': ['1.1.1.1', '198.51.100.7', '10.9.9.9'] }
    expect(clientOf(headers).remoteAddress).toBe('198.51.100.7')
  })
})

describe.each(['x-real-ip', 'cf-connecting-ip'] as const)('%s', (name) => {
  const told = { read: [name, 'x-forwarded-proto', 'x-forwarded-host'] } as const

  test.each([
    ['198.51.100.7', '198.51.100.7'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['10.9.9.9', '10.9.9.9'],
  ])('%j is from %s', (value, address) => {
    const others = { 'X-Forwarded-For': '192.0.2.66', Forwarded: 'for=192.0.2.67' }
    expect(clientOf({ ...others, [name]: value }, told).remoteAddress).toBe(address)
  })

  test.each(['', 'unknown', '198.51.100.7, 10.0.0.9', '198.51.100.7 '.repeat(2)])(
    '%j is from nobody but the proxy',
    (value) => {
      expect(clientOf({ [name]: value }, told).remoteAddress).toBe(PROXY)
    },
  )

  test('that came twice, or not at all, is from nobody but the proxy', () => {
    const twice = ['198.51.100.7', '198.51.100.8']
    expect(clientOf({ [name]: twice }, told).remoteAddress).toBe(PROXY)
    expect(clientOf({ 'X-Forwarded-For': '198.51.100.7' }, told).remoteAddress).toBe(PROXY)
  })

  test('counts from a trusted proxy only, and only where it is named', () => {
    const headers = { [name]: '198.51.100.7' }
    expect(clientOf(headers, { ...told, peer: '192.0.2.1' }).remoteAddress).toBe('192.0.2.1')
    expect(clientOf(headers).remoteAddress).toBe(PROXY)
  })

  test('comes with a scheme and a host', () => {
    const headers = {
      [name]: '198.51.100.7',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'a.example',
    }
    expect(clientOf(headers, told)).toMatchObject({
      remoteAddress: '198.51.100.7',
      secure: true,
      host: 'a.example',
    })
  })
})

test.each([
  ['x-forwarded-for', 'x-real-ip'],
  ['cf-connecting-ip', 'x-real-ip'],
  ['forwarded', 'x-real-ip'],
] as const)('%s and %s are not read together', (...headers) => {
  expect(() => createClientResolver({ addresses: [PROXY], headers })).toThrow(
    /^trustedProxies\.headers must .*List /,
  )
})

describe('the PROXY protocol', () => {
  const resolve = createClientResolver({
    addresses: ADDRESSES,
    headers: ['proxy-protocol', 'x-forwarded-proto'],
  })
  const told = (proxiedAddress: string, remoteAddress = PROXY) =>
    resolve(handshakeRequest({ proxiedAddress, remoteAddress })).remoteAddress

  test.each([
    ['198.51.100.7', '198.51.100.7'],
    ['2001:0db8:0000:0000:0000:0000:0000:0007', '2001:db8::7'],
    ['', PROXY],
    ['198.51.100.7, 10.0.0.9', PROXY],
  ])('that tells %j is from %s', (address, client) => {
    expect(told(address)).toBe(client)
  })

  test('counts from a trusted proxy only, and only where it is named', () => {
    expect(told('198.51.100.7', '192.0.2.1')).toBe('192.0.2.1')
    const other = createClientResolver({ addresses: ADDRESSES, headers: ['x-forwarded-for'] })
    const request = handshakeRequest({ proxiedAddress: '198.51.100.7', remoteAddress: PROXY })
    expect(other(request).remoteAddress).toBe(PROXY)
    expect(resolve(handshakeRequest({ remoteAddress: PROXY })).remoteAddress).toBe(PROXY)
  })

  test('leaves the request its headers for the scheme, and no header tells the address', () => {
    const headers = { 'X-Forwarded-Proto': 'https', 'Proxy-Protocol': '198.51.100.7' }
    expect(resolve(handshakeRequest({ headers, remoteAddress: PROXY }))).toMatchObject({
      remoteAddress: PROXY,
      secure: true,
    })
  })
})

describe('Forwarded', () => {
  test.each([
    ['for=198.51.100.7', '198.51.100.7'],
    ['For=198.51.100.7;Proto=https;By=10.0.0.1', '198.51.100.7'],
    ['for="198.51.100.7:4711"', '198.51.100.7'],
    ['for="198.51.100.7:_port"', '198.51.100.7'],
    ['for="[2001:db8::1]"', '2001:db8::1'],
    ['for="[2001:db8::1]:4711"', '2001:db8::1'],
    ['for=1.1.1.1, for=198.51.100.7, for=10.9.9.9', '198.51.100.7'],
    ['for=1.1.1.1,for=198.51.100.7;by="[fd00::1]",for="10.9.9.9"', '198.51.100.7'],
    ['for=198.51.100.7, for=10.9.9.9;secret="a, for=6.6.6.6"', '198.51.100.7'],
    ['for=198.51.100.7 ;by=10.0.0.1\t', '198.51.100.7'],
    ['for=", for=198.51.100.7', '198.51.100.7'],
    ['for="x\\", for="[2001:db8::1]:4711"', '2001:db8::1'],
  ])('%j is from %s', (value, address) => {
    expect(clientOf({ Forwarded: value }, forwarded).remoteAddress).toBe(address)
  })

  test.each([
    'for=unknown',
    'for=_hidden',
    'for="_hidden:80"',
    'by=10.0.0.1',
    'for',
    'for=',
    '=198.51.100.7',
    'for=198.51.100.7;',
    'for=198.51.100.7;for=198.51.100.7',
    'for="198.51.100.7',
    'for="198\\.51.100.7"',
    'for=198.51.100.7 by=10.0.0.1',
    'by=10.0.0.1 for=198.51.100.7',
    'for="198.51.100.7"x',
    'for = 198.51.100.7',
  ])('%j is nobody: the last good address stands', (element) => {
    expect(clientOf({ Forwarded: element }, forwarded).remoteAddress).toBe(PROXY)
    const chain = `for=1.1.1.1, ${element}, for=10.9.9.9`
    expect(clientOf({ Forwarded: chain }, forwarded).remoteAddress).toBe('10.9.9.9')
  })
})

describe('scheme and host', () => {
  test.each([
    ['https', true],
    ['HTTPS', true],
    ['wss', true],
    ['http', false],
    ['ws', false],
  ])('told as %s is secure: %s', (scheme, secure) => {
    const chain = { 'X-Forwarded-For': '198.51.100.7', 'X-Forwarded-Proto': scheme }
    expect(clientOf(chain, { secure: !secure }).secure).toBe(secure)
    const element = { Forwarded: `for=198.51.100.7;proto=${scheme}` }
    expect(clientOf(element, { ...forwarded, secure: !secure }).secure).toBe(secure)
  })

  test.each(['', 'gopher', 'https://'])('told as %j leaves what the connection shows', (scheme) => {
    expect(clientOf({ 'X-Forwarded-Proto': scheme }, { secure: true }).secure).toBe(true)
    expect(clientOf({ 'X-Forwarded-Proto': scheme }, { secure: false }).secure).toBe(false)
  })

  test.each([
    // One proxy, which appends to what the client has sent.
    ['1.1.1.1, 198.51.100.7', 'https, http', 'evil.example, a.example', false, 'a.example'],
    // Two proxies that append.
    ['198.51.100.7, 10.9.9.9', 'https, http', 'a.example, inner', true, 'a.example'],
    // Two proxies, of which one alone tells.
    ['198.51.100.7, 10.9.9.9', 'https', 'a.example', true, 'a.example'],
    // Three proxies, of which the first tells nothing: two values cannot be its own.
    ['198.51.100.7, 10.9.9.8, 10.9.9.9', 'https, http', 'a, inner', false, 'server.example'],
    // A client that has sent one more than there are proxies.
    ['198.51.100.7, 10.9.9.9', 'http, https, http', 'x, a.example, inner', true, 'a.example'],
  ])('of %s are those of the client: %s, %s', (addresses, schemes, hosts, secure, host) => {
    const headers = {
      'X-Forwarded-For': addresses,
      'X-Forwarded-Proto': schemes,
      'X-Forwarded-Host': hosts,
    }
    expect(clientOf(headers)).toMatchObject({ remoteAddress: '198.51.100.7', secure, host })
  })

  test('of Forwarded are those of the same element', () => {
    const value =
      'for=1.1.1.1;proto=https;host=x, for=198.51.100.7;proto=https;host="a.example:8443", for=10.9.9.9;proto=http'
    const told = { remoteAddress: '198.51.100.7', secure: true, host: 'a.example:8443' }
    expect(clientOf({ Forwarded: value }, forwarded)).toMatchObject(told)
  })

  test('are as received where nothing is told', () => {
    expect(clientOf({}, { secure: true })).toMatchObject({ secure: true, host: 'server.example' })
    expect(clientOf({ Host: 'a', 'X-Forwarded-Host': '' })).toMatchObject({ host: 'a' })
    expect(clientOf({ Host: 'a' }, { ...forwarded, secure: true })).toMatchObject({
      remoteAddress: PROXY,
      secure: true,
      host: 'a',
    })
  })

  test('are read without the quotes around them, and as they came where only a part is quoted', () => {
    expect(clientOf({ 'X-Forwarded-Host': '"a.example"' })).toMatchObject({ host: 'a.example' })
    expect(clientOf({ 'X-Forwarded-Host': '"a"b' })).toMatchObject({ host: '"a"b' })
  })

  test('is the empty host where the request has none', () => {
    const resolve = createClientResolver(undefined)
    expect(resolve(handshakeRequest({ headers: { Host: undefined } })).host).toBe('')
  })
})

const ALL = {
  Forwarded: 'for=1.1.1.1;proto=https;host=x',
  'X-Forwarded-For': '2.2.2.2',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Host': 'y',
}

describe('a header', () => {
  test('that is not named is ignored', () => {
    const onlyFor = clientOf(ALL, { read: ['x-forwarded-for'] })
    const expected = { remoteAddress: '2.2.2.2', secure: false, host: 'server.example' }
    expect(onlyFor).toMatchObject(expected)
    expect(clientOf(ALL, forwarded)).toMatchObject({ remoteAddress: '1.1.1.1', host: 'x' })
    const onlyProto = clientOf(ALL, { read: ['x-forwarded-proto'] })
    expect(onlyProto).toMatchObject({ remoteAddress: PROXY, secure: true })
  })

  test.each(['198.51.100.7', '2001:db8::1', '11.0.0.1', 'nobody', ''])(
    'from %j is ignored',
    (peer) => {
      const expected = { remoteAddress: peer, secure: false, host: 'server.example' }
      expect(clientOf(ALL, { peer })).toMatchObject(expected)
      expect(clientOf(ALL, { peer, ...forwarded })).toMatchObject(expected)
    },
  )

  test('from a Unix socket counts where unix: is trusted', () => {
    const unix = { peer: '', trusted: ['unix:'] }
    expect(clientOf(ALL, unix).remoteAddress).toBe('2.2.2.2')
    expect(clientOf({}, unix).remoteAddress).toBe('')
    const empty = { 'X-Forwarded-For': '1.1.1.1, ' }
    expect(clientOf(empty, unix).remoteAddress).toBe('')
    expect(clientOf(ALL, { ...unix, peer: PROXY }).remoteAddress).toBe(PROXY)
  })
})

describe('whatever a client puts in', () => {
  const untrusted = fc
    .oneof(fc.ipV4(), fc.ipV6())
    .map(canonicalAddress)
    .filter((address) => !/^10\.|^fd/.test(address))
  const proxies = fc.array(fc.constantFrom('10.1.2.3', 'fd00::5', '::ffff:10.3.2.1'), {
    maxLength: 3,
  })
  const junk = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.array(fc.constantFrom('"', '\\', ',', ';', '=', 'for=', '1.1.1.1', '10.0.0.1', ' ')),
    fc.constantFrom(['for="'], ['for=6.6.6.6, for="'], ['for="a\\"']),
  )
  const sent = junk.map((one) => (typeof one === 'string' ? one : one.join('')))

  test('the address is the one that came to the first trusted proxy', () => {
    fc.assert(
      fc.property(sent, untrusted, proxies, (junkSent, client, others) => {
        const chain = [client, ...others]
        const addresses = [junkSent, ...chain].join(', ')
        expect(clientOf({ 'X-Forwarded-For': addresses }).remoteAddress).toBe(client)
        const elements = chain.map((one) =>
          one.includes(':') ? `for="[${one}]:80";proto=http` : `for=${one};proto=http`,
        )
        const value = [junkSent, ...elements].join(', ')
        const { remoteAddress, secure } = clientOf({ Forwarded: value }, { ...forwarded })
        expect({ remoteAddress, secure }).toEqual({ remoteAddress: client, secure: false })
      }),
      { numRuns: 1_000 },
    )
  })

  test('the address is one, and in canonical form', () => {
    fc.assert(
      fc.property(sent, (value) => {
        for (const told of [{}, forwarded]) {
          const { remoteAddress } = clientOf({ Forwarded: value, 'X-Forwarded-For': value }, told)
          expect(isIP(remoteAddress)).toBeGreaterThan(0)
          expect(canonicalAddress(remoteAddress)).toBe(remoteAddress)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('a wrong option', () => {
  const addresses = ['::1']
  const headers = ['x-forwarded-for']
  test.each([
    ['trustedProxies', 5, 'an object with addresses and headers'],
    ['trustedProxies', null, 'an object with addresses and headers'],
    ['trustedProxies', ['::1'], 'an object with addresses and headers'],
    ['trustedProxies.hops', { addresses, headers, hops: 1 }, 'options are addresses, headers'],
    ['trustedProxies.addresses', { headers }, 'a list of at least one address or CIDR block'],
    ['trustedProxies.addresses', { addresses: [], headers }, 'a list of at least one address'],
    ['trustedProxies.addresses', { addresses: '::1', headers }, 'a list of at least one address'],
    ['trustedProxies.addresses[1]', { addresses: ['::1', 'me'], headers }, '"192.0.2.1" or "::1"'],
    ['trustedProxies.addresses[0]', { addresses: [5], headers }, 'or "unix:"'],
    ['trustedProxies.addresses[0]', { addresses: [['::1']], headers }, 'or "unix:"'],
    [
      'trustedProxies.headers',
      { addresses },
      'a list of at least one of forwarded, x-forwarded-for, ',
    ],
    ['trustedProxies.headers', { addresses, headers: [] }, 'a list of at least one of forwarded'],
    [
      'trustedProxies.headers[1]',
      { addresses, headers: ['x-forwarded-for', 'X-Forwarded-Host'] },
      'x-forwarded-host, x-real-ip, cf-connecting-ip, proxy-protocol, in lower case',
    ],
    [
      'trustedProxies.headers',
      { addresses, headers: ['x-forwarded-for', 'forwarded'] },
      'not have forwarded and other headers together. List those that the proxy sets.',
    ],
  ])('%s of %j is refused with what is allowed', (option, value, words) => {
    // What the type forbids, plain JavaScript can still do.
    const make = () => createClientResolver(value as unknown as TrustedProxies)
    expect(make).toThrow(expect.objectContaining({ name: 'OptionError', option }))
    expect(make).toThrow(words)
  })

  test('is not one that changes afterwards: what was given is copied', () => {
    const read: ForwardedHeader[] = ['x-forwarded-for']
    const trusted = ['10.0.0.0/8']
    const resolve = createClientResolver({ addresses: trusted, headers: read })
    read[0] = 'forwarded'
    trusted[0] = '192.0.2.0/24'
    const request = handshakeRequest({
      headers: { 'X-Forwarded-For': '198.51.100.7' },
      remoteAddress: PROXY,
    })
    expect(resolve(request).remoteAddress).toBe('198.51.100.7')
  })
})

describe('an endpoint behind a proxy', () => {
  const trustedProxies = { addresses: ADDRESSES, headers: X_FORWARDED }
  const through = (client: string, headers: Readonly<Record<string, string>> = {}) =>
    handshakeRequest({
      remoteAddress: PROXY,
      headers: { 'X-Forwarded-For': client, ...headers },
    })

  test('counts connections by the address of the client, and gives the place back', () => {
    const { endpoint } = setUp({ trustedProxies, maxConnectionsPerAddress: 1 })
    const transport = new FakeTransport()
    transport.open(admit(endpoint, through('198.51.100.7')).accept(transport))
    admit(endpoint, through('198.51.100.8'))
    expect(refusalOf(endpoint, through('198.51.100.7')).reason).toBe('address-limit')
    transport.end()
    expect(() => admit(endpoint, through('198.51.100.7'))).not.toThrow()
  })

  test('tells the address of the client to authorize, the connection and who listens', () => {
    const told: unknown[] = []
    const { endpoint } = setUp({
      trustedProxies,
      authorize: ({ remoteAddress }) => {
        told.push(remoteAddress)
        return allow()
      },
    })
    endpoint.on('refuse', (_refusal, { remoteAddress }) => told.push(remoteAddress))
    const transport = new FakeTransport()
    transport.open(admit(endpoint, through('198.51.100.7')).accept(transport))
    refusalOf(endpoint, through('198.51.100.8', { 'Sec-WebSocket-Version': '8' }))
    told.push(...[...endpoint.connections].map(({ remoteAddress }) => remoteAddress))
    expect(told).toEqual(['198.51.100.7', '198.51.100.8', '198.51.100.7'])
  })

  test.each([
    ['https://shop.example', 'accept'],
    ['http://shop.example', 'origin'],
    ['https://server.example', 'origin'],
  ])('takes the page %s for its own: %s', (origin, expected) => {
    const { endpoint } = setUp({ trustedProxies, allowedOrigins: 'same-origin' })
    const request = through('198.51.100.7', {
      Origin: origin,
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'shop.example',
    })
    expect(inShort(handshake(endpoint, request))).toBe(expected)
  })
})
