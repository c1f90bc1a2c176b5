/** What a client has sent, read from one record of the hub protocol. */
export type Incoming =
  | Invocation
  | StreamItem
  | Completion
  | CancelInvocation
  | Ping
  | Close
  | Acknowledgement
  | Sequence
  | Unknown

/** A call. */
export interface Invocation {
  readonly kind: 'invocation' | 'stream-invocation'
  /** `undefined` for a call that wants no answer. */
  readonly id: string | undefined
  readonly target: string
  /** `undefined` where they could not be read, but the rest of the record could. That is an error of the call only. */
  readonly args: readonly unknown[] | undefined
  /** The ids of the streams that the client sends with the call. */
  readonly streamIds: readonly string[]
}

/** One item of a stream that the client sends. */
export interface StreamItem {
  readonly kind: 'stream-item'
  readonly id: string
  /**
   * `false` where the item is missing or could not be read, but the rest of the record could. That is an error of the
   * stream only.
   */
  readonly isReadable: boolean
  readonly item: unknown
}

/** The answer to a call of the server, or the end of a stream that the client sends. */
export interface Completion {
  readonly kind: 'completion'
  readonly id: string
  /** `undefined` when there was no error. A result that could not be read is an error. */
  readonly error: string | undefined
  readonly hasResult: boolean
  readonly result: unknown
}

/** The client no longer wants the items of a stream, or the answer to a call. */
export interface CancelInvocation {
  readonly kind: 'cancel'
  readonly id: string
}

export interface Ping {
  readonly kind: 'ping'
}

/** The client ends the connection. */
export interface Close {
  readonly kind: 'close'
  readonly error: string | undefined
  readonly allowReconnect: boolean
}

/** The client has received the records up to this number (stateful reconnect). */
export interface Acknowledgement {
  readonly kind: 'acknowledgement'
  readonly sequenceId: number
}

/** The number of the next record that the client sends (stateful reconnect). */
export interface Sequence {
  readonly kind: 'sequence'
  readonly sequenceId: number
}

/** A record of a type that is not known. It means nothing, but costs time as the others do. */
export interface Unknown {
  readonly kind: 'unknown'
}

export const PING: Ping = { kind: 'ping' }
export const UNKNOWN: Unknown = { kind: 'unknown' }
export const NO_STREAMS: readonly string[] = []
/** The error of a completion whose result cannot be read. */
export const UNREADABLE_RESULT = 'The result could not be read.'

/** A record that cannot be read. It ends the connection. */
export class RecordError extends Error {
  override readonly name = 'RecordError'
}

/** A record that is larger than allowed. The client is told the limit. */
export class RecordTooLargeError extends RecordError {}
