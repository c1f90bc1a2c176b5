import type { Capability } from '@wirebeat/core/adapter'
import type { TransportKind } from '@wirebeat/core/extension'
import type { EncodingName, RecordShape } from '../wire/record.ts'

/** What one end does, in order, and where it waits for the other. Strings may hold names: see `Names`. */
export interface Conversation {
  readonly name: string
  readonly steps: readonly Step[]
  /** It speaks to all connections of a hub, and so is held while no other is. */
  readonly alone?: boolean
  /** It takes seconds, and so is begun early. */
  readonly slow?: boolean
  /** What an engine of Wirebeat must be able to do for it. */
  readonly needs?: Capability
}

export type Step =
  | Connect
  | Request
  | Begin
  | Follow
  | SendRecords
  | SendRaw
  | Receive
  | Fence
  | AwaitPing
  | TellPings
  | AwaitAcknowledgement
  | AwaitEnd
  | Quiet
  | Wait
  | Until
  | Cut
  | CloseWith
  | Pause

/** Opens a connection. */
export interface Connect {
  readonly do: 'connect'
  readonly on: string
  /** A WebSocket, if it is not said. */
  readonly transport?: TransportKind
  readonly path: string
  readonly encoding: EncodingName
  /** Whether it negotiates first. Then `$NAME.id` and `$NAME.token` are known. */
  readonly negotiate: boolean
  /** Without the question mark. */
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  /** What it sends as its handshake, and awaits an answer to. Empty: nothing. */
  readonly handshake: string
  /** Whether the connection goes on that had the token before. */
  readonly resumes: boolean
}

/** A plain request. */
export interface PlainRequest {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/** Sends a plain request, and waits for its answer. */
export interface Request extends PlainRequest {
  readonly do: 'request'
  /** The name under which what a negotiation answers is known. */
  readonly as: string
  /** Whether the list of transports that a negotiation answers is told, or only that there is one. */
  readonly tellsTransports: boolean
}

/** Sends a plain request, and does not wait for its answer. */
export interface Begin extends PlainRequest {
  readonly do: 'begin'
  /** Its name. */
  readonly as: string
}

/** What is done with a request that was begun. */
export type Follow = AwaitHead | AwaitPart | AwaitAnswer | Unanswered | Abandon

/** Waits for the status and the headers of its answer. */
export interface AwaitHead {
  readonly do: 'head'
  readonly of: string
}

/** Waits for the next bytes of its answer, up to the end of a text. */
export interface AwaitPart {
  readonly do: 'part'
  readonly of: string
  readonly upTo: string
}

/** Waits for the whole of its answer, of which it tells what was not told before. */
export interface AwaitAnswer {
  readonly do: 'answer'
  readonly of: string
}

/** Tells whether it still has no answer, some time later. */
export interface Unanswered {
  readonly do: 'unanswered'
  readonly of: string
  readonly ms: number
}

/** Ends its TCP connection. */
export interface Abandon {
  readonly do: 'abandon'
  readonly of: string
}

export interface SendRecords {
  readonly do: 'send'
  readonly on: string
  readonly records: readonly RecordShape[]
  /** Each in a frame (or a POST), all in one, or all of them cut into frames of so many bytes. */
  readonly frames: 'each' | 'one' | number
}

/** Messages of the WebSocket, or bodies of POSTs: strings as text, bytes as binary. */
export interface SendRaw {
  readonly do: 'raw'
  readonly on: string
  readonly messages: readonly (string | Buffer)[]
  /** Whether the messages are the fragments of one. */
  readonly fragments: boolean
}

/** Waits for so many records. */
export interface Receive {
  readonly do: 'receive'
  readonly on: string
  readonly count: number
  /** Whether their order may differ each time. */
  readonly sorted: boolean
  readonly ms: number
}

/** Calls `Echo`, and waits for all that comes up to its answer. */
export interface Fence {
  readonly do: 'fence'
  readonly on: string
  readonly ms: number
}

/** Tells whether a ping has come up to now. */
export interface TellPings {
  readonly do: 'pinged'
  readonly on: string
}

/** Waits for the next ping. */
export interface AwaitPing {
  readonly do: 'ping'
  readonly on: string
  /** Between how many milliseconds from now it should come. */
  readonly between: readonly [number, number]
}

/** Waits until the server has said that it has the records up to a number. It is not told when it says so. */
export interface AwaitAcknowledgement {
  readonly do: 'acknowledged'
  readonly on: string
  readonly number: number
}

/** Waits until the connection has ended. */
export interface AwaitEnd {
  readonly do: 'end'
  readonly on: string
  /** Between how many milliseconds from now it should come. */
  readonly between: readonly [number, number]
}

/** Waits, and tells what has come. */
export interface Quiet {
  readonly do: 'quiet'
  readonly on: string
  readonly ms: number
}

export interface Wait {
  readonly do: 'wait'
  readonly ms: number
}

/** Calls a method again and again until the result is what it should be. */
export interface Until {
  readonly do: 'until'
  readonly on: string
  readonly target: string
  readonly arguments: readonly unknown[]
  readonly result: string
}

/** Ends the TCP connections, without a close frame. */
export interface Cut {
  readonly do: 'cut'
  readonly on: string
}

/** Says by a close frame that it is the end. Without a WebSocket, it only hangs up. */
export interface CloseWith {
  readonly do: 'close'
  readonly on: string
  readonly code: number | undefined
  readonly reason: string
}

/** Reads nothing for a while, and then again. */
export interface Pause {
  readonly do: 'pause'
  readonly on: string
  readonly ms: number
}
