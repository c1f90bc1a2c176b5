import type { BlobLike, Data } from './message.ts'
import type { Platform } from './platform.ts'

/** What is known of an event where the types of the platform have none. */
export interface EventLike {
  readonly type: string
  readonly target: unknown
  readonly timeStamp: number
}

export interface MessageEventLike extends EventLike {
  readonly data: string | ArrayBuffer | BlobLike
  readonly origin: string
}

export interface CloseEventLike extends EventLike {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
}

/** A message that was handed to a connection which was lost before anything showed that it arrived. */
export interface UncertainEvent extends EventLike {
  readonly data: Data
}

/** The events of a socket. */
export interface SocketEvents {
  /** There is a connection: the first one, or another one after a loss. */
  readonly open: Platform<'Event', EventLike>
  readonly message: Platform<'MessageEvent', MessageEventLike>
  /** The socket has ended, and this side had not asked for it. Followed by `close`. */
  readonly error: Platform<'Event', EventLike>
  /** The socket has ended for good. Nothing comes after it. */
  readonly close: Platform<'CloseEvent', CloseEventLike>
  /** `socket.status` is another one. */
  readonly statuschange: Platform<'Event', EventLike>
  readonly uncertain: UncertainEvent
}

type Listener<Event> = ((event: Event) => void) | { handleEvent(event: Event): void } | null

interface ListenerOptions {
  readonly capture?: boolean
  readonly once?: boolean
  readonly passive?: boolean
}

/** An EventTarget that knows its events. */
export interface SocketEventTarget {
  addEventListener<Type extends keyof SocketEvents>(
    type: Type,
    listener: Listener<SocketEvents[Type]>,
    options?: boolean | ListenerOptions,
  ): void
  removeEventListener<Type extends keyof SocketEvents>(
    type: Type,
    listener: Listener<SocketEvents[Type]>,
    options?: boolean | ListenerOptions,
  ): void
  dispatchEvent(event: EventLike): boolean
}

// Web standards that every runtime has, but for the last; see clock.ts on why they are named here.
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

/** A CloseEvent where there is such a class, as in browsers; Node 20 has none. */
export function closeEvent(
  init: Pick<CloseEventLike, 'code' | 'reason' | 'wasClean'>,
): CloseEventLike {
  return typeof CloseEvent === 'function'
    ? new CloseEvent('close', init)
    : Object.assign(new Event('close'), init)
}
