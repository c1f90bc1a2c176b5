/** What a person typed into the URL field: an address to open, or the words that say what is wrong. */
export type ParsedUrl = { ok: true; url: string } | { ok: false; problem: string }

/** The endpoint of the server that this page came from. */
export function endpointUrl(location: Location, path: string): string {
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}${path}`
}

/**
 * Reads an absolute ws:, wss:, http: or https: URL. Browsers of today would also take a relative
 * one, and then try to open a typing mistake as a path of this server.
 */
export function parseServerUrl(text: string): ParsedUrl {
  const typed = text.trim()
  if (typed === '') return { ok: false, problem: 'Enter the address of a server' }
  if (!URL.canParse(typed)) return { ok: false, problem: 'Not an address such as ws://host/path' }

  const url = new URL(typed)
  // Older browsers refuse http(s) in the WebSocket constructor; newer ones make this same change.
  if (url.protocol === 'http:') url.protocol = 'ws:'
  if (url.protocol === 'https:') url.protocol = 'wss:'
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    return { ok: false, problem: `Begin with ws:// or wss://, not ${url.protocol}` }
  }
  if (url.hash !== '' || url.href.endsWith('#')) {
    return { ok: false, problem: 'A WebSocket URL cannot have a #fragment' }
  }
  return { ok: true, url: url.href }
}

/** Why the WebSocket constructor refused a URL that looked right. */
export function constructorProblem(error: unknown): string {
  if (error instanceof DOMException && error.name === 'SecurityError') {
    return 'A page loaded over HTTPS can open wss:// only'
  }
  return error instanceof Error ? error.message : 'The browser refused this URL'
}
