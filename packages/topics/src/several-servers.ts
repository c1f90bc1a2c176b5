import type { Answerer } from './relay/questions.ts'
import type { BackplaneState } from './relay/relay.ts'

/** Options of `ask`. */
export interface AskOptions {
  /** How long to wait for the answer, in milliseconds. */
  readonly timeout: number
}

/** What topics tell of other servers, and what servers ask each other. */
export interface SeveralServers {
  /** Whether publications reach other servers at this moment. */
  readonly backplane: BackplaneState
  /**
   * The name of this server, which no other one has: the option `name`, a colon and a random number. Empty without
   * a backplane.
   */
  readonly server: string
  /** The names of the other servers that have said within the last 12 seconds that they are there. */
  readonly servers: readonly string[]
  /**
   * Resolves when the backplane is up for the first time; at once without one. Rejects when the first attempt to
   * connect fails, with an Error that says why. The topics go on trying, and can be used meanwhile.
   */
  ready(): Promise<void>
  /**
   * How many bytes the data of a question, or of an answer, may have. 0 without a backplane. It may become smaller when
   * the backplane is up, where the broker takes less than `maxPayload`.
   */
  readonly maxQuestion: number
  /**
   * Asks another server, where somebody answers the operation.
   *
   * @param server one of {@link servers}, or what an event of another server has named
   * @param operation 1 to 100 characters
   * @returns a promise of the answer. It rejects with an `AskError` at once when the server is not there or has
   * gone, when it does not know the operation, when the answer has failed there, and after the time limit.
   * @throws OptionError for an argument that is wrong. RangeError for more data than {@link maxQuestion}. Error without
   * a backplane. All of them as rejections.
   */
  ask(server: string, operation: string, data: Uint8Array, options: AskOptions): Promise<Uint8Array>
  /**
   * Answers what other servers ask. Does nothing without a backplane.
   *
   * @param answerer called with the data and with the name of the server that asks. What it throws reaches that one
   * as a sentence, 500 characters at most. An `UnreadableError` says that what was asked cannot be read, and is counted
   * and told as such here.
   * @returns a function that ends it, and does nothing once it has ended.
   * @throws Error when somebody answers the operation already.
   */
  answer(operation: string, answerer: Answerer): () => void
}
