import type { WebSocket } from 'ws'

/** The part of what reads the frames of a socket that is used here. */
interface Reader {
  _allowSynchronousEvents: boolean
}

/**
 * Keeps a socket from telling of more than one thing that it has read already before the next turn of the event loop,
 * and from reading on meanwhile. To pause the socket would not do: a single read can hold ten thousand messages.
 *
 * ws has an option, `allowSynchronousEvents`, without which it tells of one thing in a turn. It is switched off
 * here for one turn. What has been read waits in order, a close frame behind messages too, and ws pauses the
 * socket by itself.
 *
 * The reader is no public API. Where there is none, nothing is done.
 *
 * @returns whether it was done.
 */
export function holdTurn(socket: WebSocket): boolean {
  const reader = '_receiver' in socket ? socket._receiver : undefined
  if (!isReader(reader)) return false
  if (!reader._allowSynchronousEvents) return true
  reader._allowSynchronousEvents = false
  // Before what ws puts off itself, because that is asked for later.
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
