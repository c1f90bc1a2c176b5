// The WebSocket of the undici that uses HTTP/2 by itself.
import { WebSocket } from 'undici-8'

globalThis.WebSocket = WebSocket
await import('./runtime.js')
