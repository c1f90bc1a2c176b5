/**
 * What a person typed into the URL field: an address to open, and the words that say what was corrected; or the
 * words that say what is wrong.
 */
export type ParsedUrl =
  | { ok: true; url: string; correction: string | undefined }
  | { ok: false; problem: string }

/** The endpoint of the server that this page came from. */
export function endpointUrl(location: Location, path: string): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}${path}`
}

/**
 * Reads an absolute URL. One that begins with http: or https:, or with the name of a host, is corrected. Browsers
 * of today would also take a relative one, and then try to open a typing mistake as a path of this server.
 *
 * @param isSecure whether the page came over TLS, so that a host without a scheme is asked for TLS too
 */
export function parseServerUrl(text: string, isSecure: boolean): ParsedUrl {
  const typed = text.trim()
  if (typed === '') return { ok: false, problem: 'Enter the address of a server' }
  const scheme = isSecure ? 'wss' : 'ws'
  const isHost = HOST.test(typed)
  const full = isHost ? `${scheme}://${typed}` : typed
  if (!URL.canParse(full)) return { ok: false, problem: 'Not an address such as ws://host/path' }

  const url = new URL(full)
  const { protocol } = url
  // Older browsers refuse http(s) in the WebSocket constructor.
  if (protocol === 'http:') url.protocol = 'ws:'
  if (protocol === 'https:') url.protocol = 'wss:'
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    return { ok: false, problem: `Begin with ws:// or wss://, not ${protocol}` }
  }
  if (url.hash !== '' || url.href.endsWith('#')) {
    return { ok: false, problem: 'A WebSocket URL cannot have a #fragment' }
  }
  const isCorrected = isHost || url.protocol !== protocol
  const before = isHost ? '' : `, not ${protocol}//`
  const correction = isCorrected ? `A WebSocket begins with ${url.protocol}//${before}` : undefined
  return { ok: true, url: url.href, correction }
}

/** "localhost", "example.com:8080/ws", "[::1]:5000": no scheme, and no path of the page's own server. */
const HOST = /^(?:localhost|[\w-]+(?:\.[\w-]+)+|\[[\da-f:.]+\]|[\w-]+(?=:\d))(?::\d+)?(?:[/?]|$)/i

/** Why the WebSocket constructor refused a URL that looked right. */
export function constructorProblem(error: unknown): string {
  if (error instanceof DOMException && error.name === 'SecurityError') {
    return 'A page loaded over HTTPS can open wss:// only'
  }
  return error instanceof Error ? error.message : 'The browser refused this URL'
}
