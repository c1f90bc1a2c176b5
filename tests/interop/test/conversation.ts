/** A message as it crosses to a client and back. */
export type Message = { readonly text: string } | { readonly base64: string }

/** The code and the reason of a close frame. */
export interface Close {
  readonly code: number
  readonly reason: string
}

/** What a client is to do on one connection: connect, be idle, send, and then close or be closed. */
export interface Conversation {
  readonly url: string
  /** The Origin to send. Without it a browser sends the one of some page, and others none. */
  readonly origin?: string
  /** Subprotocols to offer. */
  readonly protocols: readonly string[]
  /** Milliseconds to do nothing for, once the connection is open. */
  readonly idle: number
  /** Messages to send then, all at once. */
  readonly send: readonly Message[]
  /**
   * How to close, as soon as as many messages have come as were sent. Without it the client waits
   * until the server closes.
   */
  readonly close?: Close
}

/** What a client has seen when the connection has ended. */
export type Outcome =
  | { readonly opened: false }
  | {
      readonly opened: true
      /** The subprotocol that was agreed on; empty for none. */
      readonly protocol: string
      /** In the order in which they came. */
      readonly messages: readonly Message[]
      /** What the client was told in the end. */
      readonly close: Close
    }
