import { RoundTrips } from '../heartbeat/round-trips.ts'

/**
 * What the connections of an endpoint count, all in one object. Plain numbers, so that a message adds
 * to them and allocates nothing.
 */
export class Traffic {
  receivedMessages = 0
  receivedBytes = 0
  sentMessages = 0
  sentBytes = 0
  sentPings = 0
  readonly roundTrips: RoundTrips = new RoundTrips()
}
