/** An answer of a client that was waited for did not come. The client that caused this is not told why. */
export class ClientResultError extends Error {
  override readonly name = 'ClientResultError'
  /** Whether the connection is unknown or has ended, or the time was up. */
  readonly reason: 'gone' | 'timeout'

  constructor(reason: 'gone' | 'timeout', message: string) {
    super(message)
    this.reason = reason
  }
}
