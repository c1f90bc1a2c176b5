/** An address as groups of 16 bits: two for IPv4, eight for IPv6. */
export type Address = readonly number[]

/**
 * Reads an IP address, without its zone. An IPv4 address that is mapped into IPv6 is read as IPv4.
 *
 * @returns `undefined` for a text that is not an address.
 */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) return parseIPv4(text)
  const groups = parseIPv6(text)
  return groups !== undefined && isMapped(groups) ? groups.slice(6) : groups
}

/**
 * Brings the address of a client to the same form on every engine. IPv4 is written in dotted decimals, also
 * when it is mapped into IPv6 (RFC 4291, section 2.5.5.2). IPv6 is written as in RFC 5952, without a zone
 * (RFC 4007). Any other text, such as the empty one of a Unix socket, is returned as it is.
 */
export function canonicalAddress(address: string): string {
  if (!address.includes(':')) return address
  // So a server that listens on both kinds of address is told of every client with IPv4.
  const mapped = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : ''
  if (parseIPv4(mapped) !== undefined) return mapped
  const groups = parseAddress(address)
  if (groups === undefined) return address
  return groups.length === 2 ? formatIPv4(groups) : formatIPv6(groups)
}

const MAPPED = '::ffff:'

/**
 * The network that counts as one client: the address itself for IPv4, and the first 64 bits for IPv6,
 * because one subscriber usually has all addresses of a /64.
 *
 * @param address in canonical form
 */
export function clientNetwork(address: string): string {
  const groups = address.includes(':') ? parseIPv6(address) : undefined
  return groups === undefined ? address : `${formatIPv6([...groups.slice(0, 4), 0, 0, 0, 0])}/64`
}

function parseIPv4(text: string): number[] | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return undefined
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
  return Math.max(a, b, c, d) > 255 ? undefined : [a * 256 + b, c * 256 + d]
}

function parseIPv6(address: string): number[] | undefined {
  const [bare = ''] = address.split('%', 1)
  const halves = bare.replace(IPV4_AT_END, ipv4AsGroups).split('::')
  const [head, tail] = [parseGroups(halves[0]), parseGroups(halves[1])]
  if (halves.length > 2 || head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  return [...head, ...new Array<number>(missing).fill(0), ...tail]
}

const IPV4_AT_END = /(?<=:)(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/

/** The last 32 bits, which may be written as IPv4 (RFC 4291, section 2.2), in hexadecimal. */
function ipv4AsGroups(text: string): string {
  const groups = parseIPv4(text)
  return groups === undefined ? text : groups.map((group) => group.toString(16)).join(':')
}

function parseGroups(text = ''): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return groups.map((group) => Number.parseInt(group, 16))
}

function isMapped(groups: Address): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
}

function formatIPv4(groups: Address): string {
  return groups.flatMap((group) => [group >> 8, group & 255]).join('.')
}

function formatIPv6(groups: Address): string {
  const text = groups.map((group) => group.toString(16)).join(':')
  // The longest run of zero groups, at least two and the first of equals, becomes `::`.
  const runs = text.match(/\b0(?::0)+\b/g) ?? []
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  if (longest === '') return text
  const at = text.search(new RegExp(`\\b${longest}\\b`))
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`
}
