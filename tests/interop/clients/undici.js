// The WebSocket that Node has built in, from its package, so that it is the same on every version.
import { WebSocket } from 'undici'

globalThis.WebSocket = WebSocket
await import('./runtime.js')
