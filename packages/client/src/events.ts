import type { BlobLike, Data } from './message.ts'
import type { AbortSignalLike } from './options.ts'
import type { Platform } from './platform.ts'

/** An event, where the platform has no type for it. */
export interface EventLike {
  readonly type: string
  readonly target: unknown
  readonly timeStamp: number
}

/** A `MessageEvent`, where the platform has no type for it. */
export interface MessageEventLike extends EventLike {
  readonly data: string | ArrayBuffer | BlobLike
  readonly origin: string
}

/** A `CloseEvent`, where the platform has no type for it. */
export interface CloseEventLike extends EventLike {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
}

/** Reports a message that was sent on a connection which was lost before its arrival was confirmed. */
export interface UncertainEvent extends EventLike {
  /** The message. */
  readonly data: Data
}

/** Reports a message that has waited for a connection longer than its `expiresAfter`. It was never sent. */
export interface ExpiredEvent extends EventLike {
  /** The message. */
  readonly data: Data
}

/** The events of a socket, by type. */
export interface SocketEvents {
  /** A connection is open: the first one, or a new one after a loss. */
  readonly open: Platform<'Event', EventLike>
  /** A message arrived. */
  readonly message: Platform<'MessageEvent', MessageEventLike>
  /** The socket has ended without `close()` and without a clean close by the server. `close` follows. */
  readonly error: Platform<'Event', EventLike>
  /** The socket has ended and will not connect again. Always the last event. */
  readonly close: Platform<'CloseEvent', CloseEventLike>
  /** `socket.status` has changed. */
  readonly statuschange: Platform<'Event', EventLike>
  /** A message may not have arrived. Needs `maxUnconfirmedSize`. */
  readonly uncertain: UncertainEvent
  /** A message was not sent within its `expiresAfter`. */
  readonly expired: ExpiredEvent
}

/** The types of the events of a socket. */
export const EVENT_TYPES: readonly (keyof SocketEvents)[] = [
  'open',
  'message',
  'error',
  'close',
  'statuschange',
  'uncertain',
  'expired',
]

type Listener<Event> = ((event: Event) => void) | { handleEvent(event: Event): void } | null

interface ListenerOptions {
  readonly capture?: boolean
  readonly once?: boolean
  readonly passive?: boolean
  /** Removes the listener when it aborts. */
  readonly signal?: Platform<'AbortSignal', AbortSignalLike>
}

/** An `EventTarget` with typed events. */
export interface SocketEventTarget {
  addEventListener<Type extends keyof SocketEvents>(
    type: Type,
    listener: Listener<SocketEvents[Type]>,
    options?: boolean | ListenerOptions,
  ): void
  /** For code that takes any `EventTarget`, such as `once` of `node:events`. */
  addEventListener(
    type: string,
    listener: Listener<Platform<'Event', EventLike>>,
    options?: boolean | ListenerOptions,
  ): void
  removeEventListener<Type extends keyof SocketEvents>(
    type: Type,
    listener: Listener<SocketEvents[Type]>,
    options?: boolean | ListenerOptions,
  ): void
  removeEventListener(
    type: string,
    listener: Listener<Platform<'Event', EventLike>>,
    options?: boolean | ListenerOptions,
  ): void
  dispatchEvent(event: EventLike): boolean
}

// Web standards that every runtime has, except CloseEvent; see clock.ts on why they are declared here.
type EventClass<Event> = new (type: string, init?: object) => Event
declare const Event: EventClass<EventLike>
declare const MessageEvent: EventClass<MessageEventLike>
declare const CloseEvent: EventClass<CloseEventLike> | undefined

export function plainEvent(type: string): EventLike {
  return new Event(type)
}

/** @param source the event of the WebSocket, or something like it */
export function messageEvent(type: string, source: { readonly data: unknown }): MessageEventLike {
  return new MessageEvent(type, source)
}

/** A CloseEvent where the class exists. Node 20 does not have it. */
export function closeEvent(
  init: Pick<CloseEventLike, 'code' | 'reason' | 'wasClean'>,
): CloseEventLike {
  return typeof CloseEvent === 'function'
    ? new CloseEvent('close', init)
    : Object.assign(new Event('close'), init)
}
