import type { CloseCause } from '@wirebeat/core'
import type { MissingCapabilities } from '@wirebeat/core/adapter'

// What is asked of the server's process, and what it answers.

/** What a server says when it is ready. */
export interface Ready {
  readonly ports: {
    readonly plain: number
    readonly compressing: number
    readonly hub: number
    /** A hub that is reached without a WebSocket as well. */
    readonly fallback: number
  }
  readonly missing: MissingCapabilities
}

/** How a connection ended that came with a number. */
export interface ToldEnd {
  readonly id: number
  readonly cause: CloseCause
  readonly code: number
}

/** What happened since the last report, and how it stands now. */
export interface Report {
  /** Connections that have opened since the start. */
  readonly opened: number
  /** Connections that are open now. */
  readonly open: number
  /** Since the last report. */
  readonly ends: readonly ToldEnd[]
  /** What should not be: errors that were reported, warnings of the runtime. */
  readonly errors: readonly string[]
}

/** Bytes, after garbage collection. */
export interface Memory {
  readonly resident: number
  /** Live objects, buffers outside of the heap included. */
  readonly heap: number
}

export interface ServerQuestions {
  report(): Report
  memory(): Memory
}
