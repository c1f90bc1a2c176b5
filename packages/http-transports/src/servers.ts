/**
 * What servers ask each other by: topics on a backplane, `createTopics({ backplane })` of `@wirebeat/topics`, or something
 * of your own.
 */
export interface Servers {
  /**
   * The name of this server, which no other one has: up to 128 letters, digits, `.`, `_`, `:` and `-`. It becomes part of
   * each token. Empty where there are no other servers.
   */
  readonly server: string
  /** The names of the other servers that are there. */
  readonly servers: readonly string[]
  /** How many bytes the data of a question may have. */
  readonly maxQuestion: number
  /**
   * Asks one of the other servers. Questions to one server arrive in their order.
   *
   * @param options the time limit in milliseconds
   * @returns a promise of the answer. It rejects with an error whose `reason` is `'server-gone'` when the server is not
   * there, `'unknown-operation'` when nobody answers there, `'timeout'` or `'down'` when it is not known whether the
   * question has arrived, and something else when the answer has failed.
   */
  ask(
    server: string,
    operation: string,
    data: Uint8Array,
    options: { readonly timeout: number },
  ): Promise<Uint8Array>
  /**
   * Answers what other servers ask.
   *
   * @returns a function that ends it.
   */
  answer(operation: string, answerer: (data: Uint8Array) => Promise<Uint8Array>): () => void
}
