import type { Latency } from '@wirebeat/test-support/measure'
import type { Standstill } from '../standstills.ts'

// What a test asks of a process full of clients, and what that answers. Clients are in groups, which
// the test names.

export interface ConnectOptions {
  readonly host: string
  readonly port: number
  /** The address to come from, so that groups can be told apart and do not run out of ports. */
  readonly from?: string
  /** Answers the server's close frame. Default: `true`. */
  readonly answersClose?: boolean
  /** Handshakes under way at a time. Default: 64. */
  readonly atATime?: number
  /** Milliseconds to wait for each handshake. Default: 30,000. */
  readonly patience?: number
}

/** What a client can send without end. */
export type Swamp = 'empty messages' | 'pings' | 'pongs' | 'fragments'

/** What became of handshakes. */
export interface Connected {
  readonly open: number
  /** Answers other than 101, by status. */
  readonly refused: Readonly<Record<string, number>>
  /** Ended by the server, or by the network, without an answer. */
  readonly failed: number
  /** Without an answer so far. */
  readonly waiting: number
}

/** What has happened in a group since `begin`. */
export interface GroupReport {
  /** How many of its clients are connected now. */
  readonly open: number
  /** Echoes that came back. */
  readonly echoes: number
  /** The fewest that came back to any one client that is connected. */
  readonly fewestEchoes: number
  readonly latency: Latency | undefined
}

/** When close frames came, in order, on the monotonic clock of the machine. */
export interface Closes {
  readonly code1001: readonly number[]
  /** How many came with another code. */
  readonly others: number
}

export interface CrowdQuestions {
  connect(group: string, count: number, options: ConnectOptions): Connected
  /** What has become of those that connect or have connected. */
  handshakes(group: string): Connected
  /**
   * Sends messages, and checks what comes back: one every `pace` milliseconds on each connection, or,
   * with 0, the next one as soon as an echo has come.
   */
  exchange(group: string, pace: number): void
  /** From now on says nothing, and answers no pings, but reads. */
  hush(group: string): void
  /** Writes messages as fast as they are taken, and reads nothing. */
  flood(group: string, messageSize: number): void
  /** Writes small things as fast as they are taken, and ignores what comes. */
  swamp(group: string, kind: Swamp): void
  /** Counts and times from now on. */
  begin(group: string): void
  report(group: string): GroupReport
  closes(group: string): Closes
  /** When the process had no turn. */
  standstills(): readonly Standstill[]
  /** Ends all connections of the group: half of them with a close frame, or all with a RST. */
  leave(group: string, how: 'mixed' | 'reset'): void
}
