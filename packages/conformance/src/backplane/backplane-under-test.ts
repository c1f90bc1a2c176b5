import type { Backplane } from './backplane.ts'

/** A backplane, and the broker that the cases run against. */
export interface BackplaneUnderTest {
  /** What it is called in the names of the tests. */
  readonly name: string
  /** Makes a backplane that was not started, for one server. Those of one run of the cases share the broker. */
  make(): Backplane
  /** Makes a backplane for `127.0.0.1` and a port on which nothing listens. */
  unreachable(port: number): Backplane
  /** Cuts all connections to the broker, without a word. They can be made again at once. */
  interrupt(): Promise<void>
}
