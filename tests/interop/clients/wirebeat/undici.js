// The same where Node has no WebSocket of its own, with the one that later versions have.
import { WebSocket } from 'undici'

globalThis.WebSocket = WebSocket
await import('./runtime.js')
