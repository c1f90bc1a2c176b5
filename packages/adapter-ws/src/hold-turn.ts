import { setImmediate } from 'node:timers'
import type { WebSocket } from 'ws'

/** The part of what reads the frames of a socket that is used here. */
interface Reader {
  _allowSynchronousEvents: boolean
}

/**
 * Delivers nothing more of a socket in this turn of the event loop. Pausing the socket is not enough: a single
 * read can hold ten thousand messages.
 *
 * Without its option `allowSynchronousEvents`, ws delivers one message, ping or pong in a turn. The option is
 * switched off here until the next turn. What was read waits in order, with a close frame behind messages, and
 * ws pauses the socket by itself.
 *
 * @returns `false` where ws has no such field, which is no public API.
 */
export function holdTurn(socket: WebSocket): boolean {
  const reader = '_receiver' in socket ? socket._receiver : undefined
  if (!isReader(reader)) return false
  if (!reader._allowSynchronousEvents) return true
  reader._allowSynchronousEvents = false
  // This runs before what ws delays from now on.
  setImmediate(() => {
    reader._allowSynchronousEvents = true
  })
  return true
}

function isReader(value: unknown): value is Reader {
  return (
    typeof value === 'object' &&
    value !== null &&
    '_allowSynchronousEvents' in value &&
    typeof value._allowSynchronousEvents === 'boolean'
  )
}
