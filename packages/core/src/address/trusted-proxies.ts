import { checkNames, OptionError, wrongValue } from '../runtime/option-error.ts'
import { type Address, canonicalAddress, parseAddress } from './address.ts'
import { type AddressBlock, parseAddressBlock } from './address-block.ts'
import {
  ADDRESS_HEADERS,
  FORWARDED_HEADERS,
  type ForwardedHeader,
  forwardedHops,
  type Hop,
  xForwardedHops,
} from './forwarded.ts'
import { NO_PARAMS, type PathParams } from './path.ts'
import type { HandshakeRequest, ReceivedRequest } from './request.ts'

/** Reverse proxies in front of the server, and the headers of theirs that are used. */
export interface TrustedProxies {
  /**
   * Addresses and CIDR blocks of the proxies, such as `'10.0.0.0/8'` or `'::1'`, and `'unix:'` for proxies
   * that connect through a Unix domain socket. At least one.
   */
  readonly addresses: readonly string[]
  /**
   * The headers that the proxy itself sets or extends: `['forwarded']` (RFC 7239), or one of
   * `'x-forwarded-for'`, `'x-real-ip'` and `'cf-connecting-ip'`, and some of `'x-forwarded-proto'` and
   * `'x-forwarded-host'`. In place of the address, `'proxy-protocol'` is the header of the PROXY protocol, version 2,
   * on engines with that capability. At least one, and no default: a
   * proxy passes on headers that it does not know, so a client could choose the value of a header that is
   * listed here and not set by the proxy. With several proxies, each appends to the X-Forwarded headers, or
   * the outermost alone sets a scheme and a host and the others pass them on: one that replaces them tells
   * of its own client, which is another proxy.
   */
  readonly headers: readonly ForwardedHeader[]
}

/** Finds the client that has made a request. */
export type ClientResolver = (request: ReceivedRequest, params?: PathParams) => HandshakeRequest

/**
 * Makes the resolver of an endpoint. Headers are used only when the peer is a trusted proxy. Addresses are
 * read from the right, where the nearest proxy writes. The first address that is not a trusted proxy is the
 * client's, so values that the client itself has sent are never reached. At an entry that is not an address
 * (`unknown`, `_hidden`, garbage) reading stops, and the last valid address is used. The scheme and the host
 * are those that the last trusted proxy reports.
 *
 * @throws OptionError for a wrong entry.
 */
export function createClientResolver(option: TrustedProxies | undefined): ClientResolver {
  if (option === undefined) return asReceived
  const { headers, isTrusted } = compile(option)
  return (received, params = NO_PARAMS) => {
    const peer = received.remoteAddress
    if (!isTrusted(peer === '' ? UNIX : parseAddress(peer))) return asReceived(received, params)
    const hops = headers.includes('forwarded')
      ? forwardedHops(received.headers)
      : xForwardedHops(received, headers)
    let remoteAddress = peer
    let told: Hop = {}
    for (const hop of hops) {
      told = hop
      const node = nodeAddress(hop.address ?? '')
      const address = parseAddress(node)
      if (address === undefined) break
      remoteAddress = canonicalAddress(node)
      if (!isTrusted(address)) break
    }
    const secure = SECURE_SCHEMES.get(told.scheme?.toLowerCase() ?? '') ?? received.secure
    const host = told.host || hostOf(received)
    const request = asReceived(received, params)
    return { ...request, remoteAddress, secure, host, clientCertificate: undefined }
  }
}

/** Some proxies name the scheme of the WebSocket. */
const SECURE_SCHEMES: ReadonlyMap<string, boolean> = new Map([
  ['http', false],
  ['ws', false],
  ['https', true],
  ['wss', true],
])

function asReceived(received: ReceivedRequest, params = NO_PARAMS): HandshakeRequest {
  const { method, connectProtocol, url, httpVersion = '1.1', headers, remoteAddress } = received
  const { secure, clientCertificate } = received
  return {
    method,
    connectProtocol,
    url,
    httpVersion,
    headers,
    remoteAddress,
    secure,
    clientCertificate,
    host: hostOf(received),
    params,
  }
}

function hostOf({ headers }: ReceivedRequest): string {
  return headers.get('host') ?? ''
}

/**
 * The name of a node (RFC 7239, section 6): IPv4, or IPv6 in brackets, with an optional port. IPv6 without
 * brackets, as in X-Forwarded-For, cannot have a port.
 */
const NODE = /^(?:(?:([\d.]+)|\[([\da-f:.]+)\])(?::(?:\d{1,5}|_[\w.-]+))?|([\da-f:.]+))$/i

function nodeAddress(node: string): string {
  const [, ipv4, ipv6, bare] = NODE.exec(node) ?? []
  return ipv4 ?? ipv6 ?? bare ?? ''
}

interface Compiled {
  readonly headers: readonly ForwardedHeader[]
  isTrusted(address: Address | typeof UNIX | undefined): boolean
}

/** Stands for a peer on a Unix domain socket, which has no address. */
const UNIX = 'unix:'

function compile(option: TrustedProxies): Compiled {
  if (typeof option !== 'object' || option === null || Array.isArray(option)) {
    throw wrongValue('trustedProxies', option, 'an object with addresses and headers')
  }
  checkNames(option, ['addresses', 'headers'], 'trustedProxies.')
  const addresses = copyList(
    'trustedProxies.addresses',
    option.addresses,
    'a list of at least one address or CIDR block',
  )
  const headers = copyList(
    'trustedProxies.headers',
    option.headers,
    `a list of at least one of ${FORWARDED_HEADERS.join(', ')}`,
  )
  const blocks = addresses.flatMap((entry, i) =>
    entry === UNIX ? [] : [compileBlock(entry, `trustedProxies.addresses[${i}]`)],
  )
  headers.forEach((name, i) => {
    if (!FORWARDED_HEADERS.includes(name)) {
      const allowed = `one of ${FORWARDED_HEADERS.join(', ')}, in lower case`
      throw wrongValue(`trustedProxies.headers[${i}]`, name, allowed)
    }
  })
  if (headers.includes('forwarded') && headers.some((name) => name !== 'forwarded')) {
    const problem = 'trustedProxies.headers must not have forwarded and other headers together.'
    const advice = 'List those that the proxy sets.'
    throw new OptionError('trustedProxies.headers', `${problem} ${advice}`)
  }
  if (headers.filter((name) => ADDRESS_HEADERS.includes(name)).length > 1) {
    const problem = `trustedProxies.headers must have one of ${ADDRESS_HEADERS.join(', ')} only.`
    const advice = 'List the one that the proxy sets.'
    throw new OptionError('trustedProxies.headers', `${problem} ${advice}`)
  }
  const trustsUnix = addresses.includes(UNIX)
  return {
    headers,
    isTrusted(address) {
      if (address === UNIX) return trustsUnix
      return address !== undefined && blocks.some((contains) => contains(address))
    },
  }
}

/** A copy without holes, which forEach() and flatMap() would skip. */
function copyList<Entry>(name: string, list: readonly Entry[], allowed: string): readonly Entry[] {
  if (!Array.isArray(list) || list.length === 0) throw wrongValue(name, list, allowed)
  return [...list]
}

function compileBlock(entry: unknown, option: string): AddressBlock {
  const block = typeof entry === 'string' ? parseAddressBlock(entry) : undefined
  if (block !== undefined) return block
  throw wrongValue(
    option,
    entry,
    'an address such as "192.0.2.1" or "::1", a block such as "10.0.0.0/8" with no bit set behind its prefix, or "unix:"',
  )
}
