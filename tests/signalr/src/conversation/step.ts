import type { Capability } from '@wirebeat/core/adapter'
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

/** Opens a WebSocket. */
export interface Connect {
  readonly do: 'connect'
  readonly on: string
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
export interface Request {
  readonly do: 'request'
  /** The name under which what a negotiation answers is known. */
  readonly as: string
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Whether the list of transports that a negotiation answers is told, or only that there is one. */
  readonly tellsTransports: boolean
}

export interface SendRecords {
  readonly do: 'send'
  readonly on: string
  readonly records: readonly RecordShape[]
  /** Each in a frame, all in one, or all of them cut into frames of so many bytes. */
  readonly frames: 'each' | 'one' | number
}

/** Messages of the WebSocket: strings as text, bytes as binary. */
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

/** Ends the TCP connection, without a close frame. */
export interface Cut {
  readonly do: 'cut'
  readonly on: string
}

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
