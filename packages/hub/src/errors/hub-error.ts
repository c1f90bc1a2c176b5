/**
 * An error whose message the client is told. Of every other error it is told only that there was one.
 *
 * A client reads the message behind a prefix: `An unexpected error occurred invoking 'say' on the server.
 * HubException: The room is full.`
 */
export class HubError extends Error {
  override readonly name = 'HubError'
}
