import { RoundTrips } from '../heartbeat/round-trips.ts'

/**
 * The counters of all connections of an endpoint. They are plain numbers, so that counting a message
 * allocates nothing.
 */
export class Traffic {
  receivedMessages = 0
  receivedBytes = 0
  sentMessages = 0
  sentBytes = 0
  sentPings = 0
  readonly roundTrips: RoundTrips = new RoundTrips()
}
