import type { ReceivedRequest, RequestHeaders } from './request.ts'

/** What a proxy reports about the request that it received. The values are unchecked. */
export interface Hop {
  readonly address?: string | undefined
  readonly scheme?: string | undefined
  readonly host?: string | undefined
}

/** The headers in which proxies report it. */
export const FORWARDED_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-real-ip',
  'cf-connecting-ip',
  'proxy-protocol',
] as const

/**
 * A header in which a proxy reports its client: Forwarded (RFC 7239), one of the X-Forwarded headers, or one that
 * holds the address alone. That of the PROXY protocol comes before the request.
 */
export type ForwardedHeader = (typeof FORWARDED_HEADERS)[number]

/** Headers that hold the address of the client. Only one of them is read. */
export const ADDRESS_HEADERS: readonly ForwardedHeader[] = [
  'x-forwarded-for',
  'x-real-ip',
  'cf-connecting-ip',
  'proxy-protocol',
]

/**
 * The hops of the X-Forwarded headers, the nearest first. A single scheme or host stands for all hops: one
 * proxy has told it, and the others have passed it on. Of several, each belongs to the hop at its place, and
 * a hop without one tells none.
 */
export function xForwardedHops(
  { headers, proxiedAddress }: ReceivedRequest,
  read: readonly ForwardedHeader[],
): readonly Hop[] {
  const valuesOf = (name: ForwardedHeader): readonly string[] =>
    read.includes(name) ? nearestFirst(headers.get(name)) : []
  const addressesIn = (name: ForwardedHeader): string | readonly string[] => {
    if (name === 'x-forwarded-for') return valuesOf(name)
    // The others are no lists: with several values, none is an address.
    return (name === 'proxy-protocol' ? proxiedAddress : headers.get(name)) ?? []
  }
  const addresses = ADDRESS_HEADERS.filter((name) => read.includes(name)).flatMap(addressesIn)
  const schemes = valuesOf('x-forwarded-proto')
  const hosts = valuesOf('x-forwarded-host')
  return Array.from({ length: Math.max(1, addresses.length) }, (_, i) => ({
    address: addresses[i],
    scheme: schemes.length === 1 ? schemes[0] : schemes[i],
    host: hosts.length === 1 ? hosts[0] : hosts[i],
  }))
}

function nearestFirst(value: string | undefined): readonly string[] {
  if (value === undefined) return []
  return value
    .split(',')
    .map((one) => unquote(one.trim()))
    .reverse()
}

function unquote(text: string): string {
  return /^"[^"]*"$/.test(text) ? text.slice(1, -1) : text
}

/** The hops of the Forwarded header (RFC 7239, section 4), the nearest first, up to a malformed one. */
export function* forwardedHops(headers: RequestHeaders): Generator<Hop> {
  for (const element of elementsFromRight(headers.get('forwarded') ?? '')) {
    const hop = parseElement(element)
    if (hop === undefined) return
    yield hop
  }
}

/**
 * Splits at the commas that are not in quotes, from the right, where the proxies write. So a quote that a
 * client has left open at the left cannot hide the values of the proxies.
 */
function* elementsFromRight(value: string): Generator<string> {
  let end = value.length
  let isQuoted = false
  for (let i = value.length - 1; i >= 0; i--) {
    if (value[i] === '"') isQuoted = !isQuoted
    if (value[i] !== ',' || isQuoted) continue
    yield value.slice(i + 1, end)
    end = i
  }
  yield value.slice(0, end)
}

/** One pair. No valid value that is read here has an escape, so a text with an escape is malformed. */
const PAIR = /^[\t ]*([!#$%&'*+.^_`|~\w-]+)=(?:"([^"\\]*)"|([^\s",;\\]+))[\t ]*$/

function parseElement(element: string): Hop | undefined {
  const values = new Map<string, string>()
  for (const pair of element.split(';')) {
    const [, name, quoted, token] = PAIR.exec(pair) ?? []
    const key = name?.toLowerCase()
    if (key === undefined || values.has(key)) return undefined
    values.set(key, quoted ?? token ?? '')
  }
  return { address: values.get('for'), scheme: values.get('proto'), host: values.get('host') }
}
