import type { HandshakeRequest } from '../address/request.ts'
import { wrongValue } from '../runtime/option-error.ts'
import { Refusal } from './refusal.ts'

/** Decides about the host that a request is for: `undefined` when it passes. */
export type HostPolicy = (request: HandshakeRequest) => Refusal | undefined

/**
 * Makes the host policy of an endpoint. It protects a server that is reached by name from pages whose own
 * name an attacker has pointed at that server (DNS rebinding): for such a page every origin check compares
 * the attacker's name with itself.
 *
 * @param allowed `undefined` lets every host pass
 * @throws OptionError for an entry that can never match.
 */
export function createHostPolicy(allowed: readonly string[] | undefined): HostPolicy {
  if (allowed === undefined) return () => undefined
  if (!Array.isArray(allowed)) throw wrongValue('allowedHosts', allowed, 'a list of hosts')
  // Spread, because map() skips the holes of a list.
  const rules = [...allowed].map((entry, index) => compileEntry(entry, `allowedHosts[${index}]`))
  return (request) => {
    const host = parseHost(request.host)
    if (host !== undefined && rules.some((rule) => rule(host, request.secure))) return undefined
    const body = `This server does not answer for the host ${JSON.stringify(request.host)}.`
    return new Refusal('host', 403, body)
  }
}

interface Host {
  /** In lower case, international names in their ASCII form, without a dot at the end. */
  readonly name: string
  /** `undefined` where it is the scheme's own. */
  readonly port: number | undefined
}

type Rule = (host: Host, secure: boolean) => boolean

function compileEntry(entry: unknown, option: string): Rule {
  const text = typeof entry === 'string' ? entry : ''
  const isPattern = text.startsWith('*.')
  const host = parseHost(isPattern ? text.slice(2) : text)
  if (host === undefined || (isPattern && /^[\d.]+$|^\[/.test(host.name))) {
    throw wrongValue(
      option,
      entry,
      'a host without a scheme and a path, such as "localhost", "server.example:8080" or "*.example.com"',
    )
  }
  const { name, port } = host
  const suffix = `.${name}`
  const fits = (other: string): boolean =>
    isPattern ? other.endsWith(suffix) && other.length > suffix.length : other === name
  return (other, secure) =>
    fits(other.name) && (port === undefined || port === (other.port ?? (secure ? 443 : 80)))
}

const MAX_PORT = 65_535
const HOST = /^(\[[\da-f:.]+\]|[^\s:/?#@\\[\],*]+)(?::(\d{1,5}))?$/i

// A web standard that every runtime has; see clock.ts on why it is named here.
declare const URL: { new (url: string): { readonly hostname: string } }

/** Reads a host with or without a port; `undefined` for anything else. */
function parseHost(text: string): Host | undefined {
  const [, written = '', digits] = HOST.exec(text) ?? []
  try {
    const name = new URL(`http://${written}`).hostname.replace(/\.$/, '')
    const port = digits === undefined ? undefined : Number(digits)
    return name === '' || (port !== undefined && port > MAX_PORT) ? undefined : { name, port }
  } catch {
    return undefined
  }
}
