import assert from 'node:assert/strict'
import { allow, type TrustedProxies } from '@wirebeat/core'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import { handshakeRequest } from '../http.ts'
import { accepted, type RequestOptions } from '../web-socket-client.ts'
import { PLAIN_GET } from './handshake.ts'

const trustedProxies: TrustedProxies = {
  addresses: ['127.0.0.0/8'],
  headers: ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'],
}

/** A request as a proxy on this machine hands it on. */
function from(client: string | readonly string[]): RequestOptions {
  return { headers: { 'X-Forwarded-For': client } }
}

/** The header of the PROXY protocol, version 2, for a client over IPv4, over IPv6, or for none (section 2.2). */
function proxyHeader(client: readonly number[] = []): Buffer {
  const family = client.length === 0 ? 0 : client.length === 4 ? 0x11 : 0x21
  // The address of the server and the two ports, which nobody looks at.
  const rest = client.length === 0 ? 0 : client.length + 4
  return Buffer.concat([
    Buffer.from('0d0a0d0a000d0a515549540a', 'hex'),
    Buffer.from([client.length === 0 ? 0x20 : 0x21, family, 0, client.length + rest]),
    Buffer.from(client),
    Buffer.alloc(rest),
  ])
}

const PROXY_PROTOCOL: TrustedProxies = {
  addresses: ['127.0.0.0/8'],
  headers: ['proxy-protocol', 'x-forwarded-proto'],
}

const proxied: readonly UngroupedCase[] = [
  ...[
    ['198.51.100.7', proxyHeader([198, 51, 100, 7])] as const,
    ['2001:db8::7', proxyHeader([0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 7])] as const,
    ['127.0.0.1', proxyHeader()] as const,
    ['127.0.0.1', Buffer.alloc(0)] as const,
  ].map(
    ([address, header]): UngroupedCase => ({
      name: `by the PROXY protocol the address is that of the client: ${address}, told in ${header.length} bytes`,
      section: 'Design 1: Handshake order',
      async run(harness) {
        const server = await harness.start({ trustedProxies: PROXY_PROTOCOL })
        const client = await server.connect()
        const { text, key } = handshakeRequest({ headers: { 'X-Forwarded-For': '192.0.2.1' } })
        client.write(Buffer.concat([header, Buffer.from(text)]))
        await accepted(client, key)
        assert.equal((await server.told.opened.next()).remoteAddress, address)
      },
    }),
  ),
  ...[
    ['without trustedProxies', undefined] as const,
    ['where another header is trusted', trustedProxies] as const,
    ['from a peer that is not trusted', { ...PROXY_PROTOCOL, addresses: ['192.0.2.1'] }] as const,
  ].map(
    ([when, proxies]): UngroupedCase => ({
      name: `${when} the PROXY protocol tells no address`,
      section: 'Design 1: Handshake order',
      async run(harness) {
        const server = await harness.start(proxies && { trustedProxies: proxies })
        const client = await server.connect()
        const { text, key } = handshakeRequest()
        client.write(Buffer.concat([proxyHeader([198, 51, 100, 7]), Buffer.from(text)]))
        await accepted(client, key)
        assert.equal((await server.told.opened.next()).remoteAddress, '127.0.0.1')
      },
    }),
  ),
  ...[
    ['a request for nobody', { ...PLAIN_GET, path: '/nobody' }, 'one packet'] as const,
    ['a request for nobody', { ...PLAIN_GET, path: '/nobody' }, 'another'] as const,
    ['a refused one', PLAIN_GET, 'one packet'] as const,
    ['a refused one', PLAIN_GET, 'another'] as const,
  ].map(
    ([what, first, where]): UngroupedCase => ({
      name: `a client cannot name an address by the PROXY protocol behind ${what}, in ${where}`,
      section: 'Design 1: Handshake order',
      async run(harness) {
        const server = await harness.start({ trustedProxies: PROXY_PROTOCOL })
        const client = await server.connect()
        const before = [proxyHeader([198, 51, 100, 7]), Buffer.from(handshakeRequest(first).text)]
        const forged = [proxyHeader([192, 0, 2, 66]), Buffer.from(handshakeRequest().text)]
        if (where === 'one packet') {
          client.write(Buffer.concat([...before, ...forged]))
        } else {
          client.write(Buffer.concat(before))
          await client.response()
          client.write(Buffer.concat(forged))
        }
        await client.ended()
        await server.expectEcho(await server.open(), 'unharmed')
        assert.equal(server.told.opened.all.length, 1)
      },
    }),
  ),
]

/** Requests that come through a reverse proxy. */
export const proxyCases: readonly Case[] = inGroup('handshake', [
  ...needing('wire', needing('proxy-protocol', proxied)),
  {
    name: 'behind a trusted proxy the address is that of the client, from authorize to the connection',
    section: 'RFC 7239, section 5.2',
    async run(harness) {
      const seen: string[] = []
      const server = await harness.start({
        trustedProxies,
        authorize({ remoteAddress }) {
          seen.push(remoteAddress)
          return allow()
        },
      })
      await server.open(from('192.0.2.1, 198.51.100.7'))
      assert.deepEqual(seen, ['198.51.100.7'])
      assert.equal((await server.told.opened.next()).remoteAddress, '198.51.100.7')
    },
  },
  {
    name: 'X-Forwarded-For may come in several lines, which keep their order',
    section: 'RFC 9110, section 5.3',
    async run(harness) {
      const server = await harness.start({ trustedProxies })
      await server.open(from(['192.0.2.1', '198.51.100.7', '127.0.0.5']))
      assert.equal((await server.told.opened.next()).remoteAddress, '198.51.100.7')
    },
  },
  {
    name: 'the Forwarded header tells the address too, where it is the one that is trusted',
    section: 'RFC 7239, section 4',
    async run(harness) {
      const server = await harness.start({
        trustedProxies: { ...trustedProxies, headers: ['forwarded'] },
      })
      const headers = {
        Forwarded: 'for="[2001:DB8::7]:4711";proto=https;host=a.example',
        'X-Forwarded-For': '192.0.2.1',
      }
      await server.open({ headers })
      assert.equal((await server.told.opened.next()).remoteAddress, '2001:db8::7')
    },
  },
  ...(['x-real-ip', 'cf-connecting-ip'] as const).map(
    (name): UngroupedCase => ({
      name: `${name} tells the address too, where it is the one that is trusted`,
      section: 'Design 1: Handshake order',
      async run(harness) {
        const server = await harness.start({
          trustedProxies: { ...trustedProxies, headers: [name] },
        })
        const address = '198.51.100.7'
        await server.open({ headers: { [name]: address, 'X-Forwarded-For': '192.0.2.1' } })
        assert.equal((await server.told.opened.next()).remoteAddress, address)
        await server.open({ headers: { [name]: ['192.0.2.1', address] } })
        assert.equal((await server.told.opened.next()).remoteAddress, '127.0.0.1')
      },
    }),
  ),
  ...[
    ['without trustedProxies', undefined] as const,
    ['from a peer that is not trusted', { ...trustedProxies, addresses: ['192.0.2.1'] }] as const,
  ].map(
    ([when, proxies]): UngroupedCase => ({
      name: `${when} forwarded headers are ignored`,
      section: 'RFC 7239, section 8.1',
      async run(harness) {
        const server = await harness.start({
          ...(proxies && { trustedProxies: proxies }),
          allowedOrigins: 'same-origin',
        })
        const headers = { 'X-Forwarded-For': '198.51.100.7', 'X-Forwarded-Host': 'a.example' }
        const response = await server.request({ headers, origin: 'https://a.example' })
        assert.equal(response.status, 403)
        await server.open({ headers })
        assert.equal((await server.told.opened.next()).remoteAddress, '127.0.0.1')
      },
    }),
  ),
  {
    name: 'maxConnectionsPerAddress counts the clients behind a trusted proxy one by one',
    section: 'Design 7: Fairness and bounds',
    async run(harness) {
      const server = await harness.start({ trustedProxies, maxConnectionsPerAddress: 1 })
      const first = await server.open(from('198.51.100.7'))
      await server.open(from('198.51.100.8'))
      assert.equal((await server.request(from('198.51.100.7'))).status, 429)
      first.close(1000)
      await server.expectClose({ cause: 'client' })
      await server.expectEcho(await server.open(from('198.51.100.7')), 'room again')
    },
  },
  ...[
    ['https://shop.example', 101] as const,
    ['http://shop.example', 403] as const,
    ['https://127.0.0.1', 403] as const,
  ].map(
    ([origin, status]): UngroupedCase => ({
      name: `behind a trusted proxy for https://shop.example the origin ${origin} gets ${status}`,
      section: 'Design 3: Origin',
      async run(harness) {
        const server = await harness.start({ trustedProxies, allowedOrigins: 'same-origin' })
        const headers = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'shop.example' }
        assert.equal((await server.request({ headers, origin })).status, status)
      },
    }),
  ),
])
