import { useCallback, useEffect, useInsertionEffect, useRef, useSyncExternalStore } from 'react'
import { EVENT_TYPES, type SocketEvents } from './events.ts'
import type { AbortSignalLike } from './options.ts'
import type { Platform } from './platform.ts'
import type { ReconnectingWebSocket } from './reconnecting-web-socket.ts'
import type { Status } from './status.ts'

// Web standards that every runtime has; see clock.ts on why they are declared here.
declare const AbortController: new () => {
  readonly signal: Platform<'AbortSignal', AbortSignalLike>
  abort(): void
}
declare function queueMicrotask(callback: () => void): void

/** Listeners of a socket, by the type of the event. */
export type SocketListeners = {
  readonly [Type in keyof SocketEvents]?: (event: SocketEvents[Type]) => void
}

/** How many mounted components use a socket. */
const users = new WeakMap<ReconnectingWebSocket, number>()

/** What a component sees on a server, and while it is hydrated. */
const CLOSED: Status = Object.freeze({
  state: 'closed',
  unsent: [],
  cause: 'client',
  code: 1006,
  reason: '',
  wasClean: false,
  failures: 0,
  forgotten: 0,
  roundTripTime: undefined,
  losses: 0,
  downtime: 0,
})

/**
 * Connects a socket while a component is mounted, and renders the component again when its status changes. Any
 * number of components may use one socket: it connects with the first one that is mounted, and closes after the
 * last one is unmounted.
 *
 * Make the socket with `startClosed`, outside of components or in `useMemo` or `useState`. Nothing connects while
 * a server renders.
 *
 * @param socket `undefined` where there is none yet
 * @param listeners see {@link useSocketListeners}
 * @returns the status of the socket, and on a server that of one that starts closed
 */
export function useSocket(
  socket: ReconnectingWebSocket | undefined,
  listeners: SocketListeners = {},
): Status {
  useSocketListeners(socket, listeners)
  const subscribe = useCallback(
    (listener: () => void) => {
      socket?.addEventListener('statuschange', listener)
      return () => socket?.removeEventListener('statuschange', listener)
    },
    [socket],
  )
  return useSyncExternalStore(
    subscribe,
    () => socket?.status ?? CLOSED,
    () => CLOSED,
  )
}

/**
 * The same for a component that shows nothing of the status: it is not rendered again when that changes.
 *
 * @param listeners are called while the component is mounted, those of its last rendering
 */
export function useSocketListeners(
  socket: ReconnectingWebSocket | undefined,
  listeners: SocketListeners = {},
): void {
  const newest = useRef(listeners)
  useInsertionEffect(() => {
    newest.current = listeners
  })
  useEffect(() => {
    if (socket === undefined) return undefined
    const mounted = new AbortController()
    for (const type of EVENT_TYPES) {
      // Each listener takes the events of its type.
      const listener = (event: unknown) => newest.current[type]?.(event as never)
      socket.addEventListener(type, listener, mounted)
    }
    retain(socket)
    return () => {
      mounted.abort()
      release(socket)
    }
  }, [socket])
}

function retain(socket: ReconnectingWebSocket): void {
  const count = users.get(socket) ?? 0
  users.set(socket, count + 1)
  if (count === 0 && socket.readyState > 1) socket.reconnect()
}

function release(socket: ReconnectingWebSocket): void {
  users.set(socket, (users.get(socket) ?? 0) - 1)
  // Not at once: StrictMode mounts each component twice, and another one may be mounted instead.
  queueMicrotask(() => {
    if (users.get(socket) === 0) socket.close()
  })
}
