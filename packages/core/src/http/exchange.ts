import type { SendResult } from '../connection/transport.ts'
import type { ResponseHeaders } from '../handshake/response-headers.ts'
import type { Bytes } from '../runtime/bytes.ts'

/** The status and the header fields of a response, without those that say where it ends: the adapter adds these. */
export interface HttpHead {
  readonly status: number
  /** The reason phrase of the status line, such as `Not Found`. */
  readonly statusText: string
  readonly headers: ResponseHeaders
}

/**
 * One plain request, and the answer to it. An adapter implements it, and core knows nothing else of a server.
 *
 * No method throws. Either `respond` or `stream` is called, once, and neither after the client has gone.
 */
export interface HttpExchange {
  /**
   * Reads the body, and hands it over until its end. Called at most once, and before the answer. A body that is not
   * read, or only in part, is dropped with the answer.
   */
  read(reader: BodyReader): void
  /**
   * Answers. The connection may serve further requests. To HEAD, only the head is sent.
   *
   * @param taken called once the network has taken all of it, also within this call; on a host that does not tell, at
   * once. Not called for a client that goes away before, nor after `terminate`.
   */
  respond(head: HttpHead, body: string | Bytes, taken?: () => void): void
  /** Ends the connection of a client that has not taken all of what `respond` was given. */
  terminate(): void
  /**
   * Answers with a body that goes on until its `end`, and sends the head at once.
   *
   * @param drained called once nothing waits any more, after a `write` that returned `queued`
   */
  stream(head: HttpHead, drained: () => void): HttpStream
  /** Calls `listener` once, if the client goes away before the answer is complete. Called at most once. */
  onGone(listener: () => void): void
}

/** What the body of a request is handed to. */
export interface BodyReader {
  /** The next bytes. They are valid during the call only. */
  chunk(bytes: Bytes): void
  /** The body is whole. Not called for a client that goes away before. */
  end(): void
}

/** The body of an answer, as long as it goes on. No method throws. */
export interface HttpStream {
  /**
   * Sends a piece, in order. It never drops one that it has accepted. After it has returned `queued`, the bytes must
   * not be changed until nothing waits.
   */
  write(chunk: string | Bytes): SendResult
  /** The number of bytes that were written and that the network has not taken yet. */
  readonly bufferedAmount: number
  /** A number that falls while the network takes what waits, as `backlog` of a transport. */
  readonly backlog: number
  /**
   * Completes the answer, behind all that was written, of which `bufferedAmount` and `backlog` still tell what waits.
   *
   * @param taken called once nothing waits any more, also within this call. Not called for a client that goes away
   * before, nor after `terminate`.
   */
  end(taken?: () => void): void
  /** Ends the connection at once. What was written leaves as far as the network takes it at once. */
  terminate(): void
}
