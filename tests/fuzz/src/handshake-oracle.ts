import type { Capability } from '@wirebeat/core/adapter'
import { LATER_HEADER, ORIGIN, PATH, PROTOCOLS, REFUSED_HEADER } from './settings.ts'

// What a handshake must be to be accepted: an independent reading of RFC 6455, section 4.2.1, and of
// what the endpoint is configured with.

/** The head of a request, as far as it can be read. */
export interface Request {
  readonly method: string
  readonly target: string
  readonly version: string
  /**
   * Whether single spaces part the words of the first line, and no field ends in a tab, behind which Node 20 sees no
   * Upgrade.
   */
  readonly isSpacedUsually: boolean
  /** Names in lower case, in the order in which they came. */
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** What bytes are, to an HTTP server. */
export type Reading =
  /** A request whose head is whole, and what follows it. */
  | { readonly kind: 'request'; readonly request: Request; readonly rest: Buffer }
  /** It may become one. */
  | { readonly kind: 'incomplete' }
  /** No HTTP. */
  | { readonly kind: 'malformed' }

/**
 * @param isLax whether names and values may be anything, and values are read without what stands around
 * them and is no visible ASCII, as an engine without `bad-request` reads them
 */
export function readRequest(bytes: Buffer, isLax = false): Reading {
  const start = leadingBreaks(bytes)
  const end = bytes.indexOf('\r\n\r\n', start)
  if (end < 0) return { kind: 'incomplete' }
  const [line = '', ...lines] = bytes.toString('latin1', start, end).split('\r\n')
  // Words may be parted by more than one space (RFC 9112, section 3).
  const parts = /^([!-~]+)( +)([!-~\x80-\xff]+)( +)HTTP\/(\d\.\d)$/.exec(line)
  if (parts === null) return { kind: 'malformed' }
  const fields: [string, string][] = []
  for (const text of lines) {
    const field = (isLax ? LAX_FIELD : FIELD).exec(text)
    if (field === null) return { kind: 'malformed' }
    // Such an engine shows no field behind one that has no name.
    if (field[1] === '') break
    const value = isLax ? field[2]?.replace(INVISIBLE, '') : field[2]?.replace(/[ \t]+$/, '')
    fields.push([(field[1] ?? '').toLowerCase(), value ?? ''])
  }
  const [, method = '', before, target = '', behind, version = ''] = parts
  const isTabbed = lines.some((text) => text.endsWith('\t'))
  const isSpacedUsually = before === ' ' && behind === ' ' && !isTabbed
  return {
    kind: 'request',
    request: { method, target, version, isSpacedUsually, fields },
    rest: bytes.subarray(end + 4),
  }
}

// A recipient may keep a DEL, which no sender may send (RFC 9110, section 5.5).
const FIELD = /^([!#$%&'*+\-.^_`|~0-9a-z]+):[ \t]*([\t\x20-\xff]*)$/i
const LAX_FIELD = /^([^:]*):(.*)$/s
const INVISIBLE = /^[^!-~]+|[^!-~]+$/g

/** Servers should ignore empty lines before a request (RFC 9112, section 2.2). */
function leadingBreaks(bytes: Buffer): number {
  let at = 0
  while (bytes[at] === 13 || bytes[at] === 10) at++
  return at
}

/** Why a request must not be accepted; nothing where it may be. */
export function whyNot(
  request: Request,
  can: (capability: Capability) => boolean,
): string | undefined {
  const { method, target, version } = request
  const all = (name: string): string[] => valuesOf(request, name)
  const has = (name: string, member: string): boolean =>
    membersOf(request, name).some((one) => one.toLowerCase() === member)

  if (method !== 'GET') return `the method is ${method}`
  // HTTP/1.1 or higher (RFC 6455, section 4.1).
  if (version < '1.1' && can('http-version')) return `the version of HTTP is ${version}`
  if (pathOf(target) !== PATH) return `the path is ${pathOf(target)}`
  if (!has('upgrade', 'websocket')) return 'Upgrade is not websocket'
  if (!has('connection', 'upgrade')) return 'Connection does not hold upgrade'
  if (all('sec-websocket-version').join() !== '13') return 'the version is not 13'
  if (all('host').length !== 1) return 'Host is not there once'
  const lengths = all('content-length')
  if (all('transfer-encoding').length > 0 || lengths.some((length) => !/^0+$/.test(length))) {
    return 'there is a body'
  }
  const [key = '', ...moreKeys] = all('sec-websocket-key')
  const isKey = /^[A-Za-z0-9+/]{22}==$/.test(key) && Buffer.from(key, 'base64').length === 16
  if (!isKey || moreKeys.length > 0) return 'the key is not 16 bytes of base64'
  const offered = membersOf(request, 'sec-websocket-protocol')
  const isList =
    offered.every((name) => TOKEN.test(name)) && new Set(offered).size === offered.length
  if (!isList) return 'the list of subprotocols is malformed'
  if (all('origin').some((origin) => !sameOrigin(origin)) || all('origin').length > 1) {
    return 'the origin is not allowed'
  }
  return all(REFUSED_HEADER).length > 0 ? 'authorize refuses it' : undefined
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/i

/** Scheme and host are compared without regard to case; no port is 443, that of https. */
function sameOrigin(origin: string): boolean {
  return origin.toLowerCase().replace(/:(?:443)?$/, '') === ORIGIN
}

function pathOf(target: string): string {
  const [path = ''] = target.split(/[?#]/)
  return path.startsWith('/') ? path : path.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') || '/'
}

function valuesOf({ fields }: Request, name: string): string[] {
  return fields.filter(([key]) => key === name).map(([, value]) => value)
}

/** What stands between the commas of a list, if anything. */
function membersOf(request: Request, name: string): string[] {
  const parts = valuesOf(request, name).flatMap((value) => value.split(','))
  return parts.map((one) => one.trim()).filter((one) => one !== '')
}

/** The subprotocol that has to be chosen, if any. */
export function expectedProtocol(request: Request): string | undefined {
  const offered = membersOf(request, 'sec-websocket-protocol')
  return PROTOCOLS.find((name) => offered.includes(name))
}

export function keyOf(request: Request): string {
  return valuesOf(request, 'sec-websocket-key')[0] ?? ''
}

/** Whether Connection came once. An engine may end, in its own time, what says close as well. */
export function hasOneConnection(request: Request): boolean {
  return valuesOf(request, 'connection').length === 1
}

/** Whether every server must see a request in it. */
export function isOrdinary({ method, target, version, isSpacedUsually, fields }: Request): boolean {
  const isLine = /^[A-Z]{3,7}$/.test(method) && /^\/[!"$-~]*$/.test(target) && version === '1.1'
  const hasHost = fields.some(([name]) => name === 'host')
  return isLine && isSpacedUsually && hasHost && fields.every(([, value]) => /^[ -~]*$/.test(value))
}

/** Fields with which a request is as plain as a browser's. */
const PLAIN_FIELDS = new Set([
  'host',
  'upgrade',
  'connection',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'origin',
  'user-agent',
  'cookie',
  LATER_HEADER,
])
const MANY_FIELDS = 60
const LARGE_HEAD = 3_000

/** Whether an asynchronous `authorize` decides about it. */
export function isDecidedLater({ fields }: Request): boolean {
  return fields.some(([name]) => name === LATER_HEADER)
}

/**
 * Whether a request that may be accepted has to be, too: one without anything unusual.
 *
 * @param firstCut where its first write ends
 */
export function mustBeAccepted(
  request: Request,
  firstCut: number,
  can: (capability: Capability) => boolean,
): boolean {
  const { target, version, fields } = request
  if (whyNot(request, can) !== undefined || version !== '1.1') return false
  if (!target.startsWith('/') && !can('absolute-form')) return false
  const lineLength = `GET ${target} HTTP/1.1\r\n`.length
  if (firstCut < lineLength && !can('split-request-line')) return false
  const size = fields.reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    target.length,
  )
  return (
    /^[!-~]+$/.test(target) &&
    request.isSpacedUsually &&
    fields.length <= MANY_FIELDS &&
    size <= LARGE_HEAD &&
    fields.every(([name, value]) => PLAIN_FIELDS.has(name) && /^[ -~]*$/.test(value)) &&
    fields.some(([name, value]) => name === 'host' && /^[\w.:-]*$/.test(value))
  )
}
