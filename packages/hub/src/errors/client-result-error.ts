/** An answer of a client that was waited for did not come. The client that caused this is not told why. */
export class ClientResultError extends Error {
  override readonly name = 'ClientResultError'
  /**
   * - `gone`: the connection is known nowhere, or it or its server has gone.
   * - `timeout`: the time was up.
   * - `unreachable`: the connection is not on this server, and another one could not be asked. `cause` is the
   *   `AskError` of topics where there is one.
   */
  readonly reason: 'gone' | 'timeout' | 'unreachable'

  constructor(
    reason: 'gone' | 'timeout' | 'unreachable',
    message: string,
    options?: { readonly cause: unknown },
  ) {
    super(message, options)
    this.reason = reason
  }
}
