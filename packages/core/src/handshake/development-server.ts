import { pathOf } from '../address/path.ts'
import type { ReceivedRequest } from '../address/request.ts'

/** The subprotocols by which Vite knows the WebSockets of its own pages. */
const VITE: readonly string[] = ['vite-hmr', 'vite-ping']

/**
 * Whether a request is for the WebSocket of a development server, by which pages load themselves anew. An endpoint
 * without a path would take it away: that of Vite, and of what stands on it, and that of Next.js.
 */
export function isForDevelopmentServer({ url, headers }: ReceivedRequest): boolean {
  const offered = headers.get('sec-websocket-protocol') ?? ''
  return VITE.includes(offered.trim()) || pathOf(url).startsWith('/_next/')
}
