import process from 'node:process'
import { defineHooks, type Hooks } from 'crossws'

/**
 * Sends back what came. On uWebSockets.js crossws does not tell text from binary, so the session has
 * to know which of them the load sends.
 */
export function echoHooks(): Partial<Hooks> {
  return process.argv.includes('text')
    ? defineHooks({ message: (peer, message) => void peer.send(message.text()) })
    : defineHooks({ message: (peer, message) => void peer.send(message.uint8Array()) })
}
