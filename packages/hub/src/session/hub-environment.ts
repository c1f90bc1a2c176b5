import type { CloseCause, Connection } from '@wirebeat/core'
import type { TurnBudget } from '@wirebeat/core/extension'
import type { HubReach } from '../clients/handles.ts'
import type { PendingAnswers } from '../clients/pending-answers.ts'
import type { Caller, Filter } from '../definition/call.ts'
import type { MethodTable } from '../definition/method-table.ts'
import type { HubLimits } from '../limits.ts'

/** How a connection of a hub has ended. */
export interface HubEnd {
  /**
   * Why. The endpoint tells the same cause, but for `expired`, at the time of the option `expiresAt`: that is `server`
   * there. `protocol-error` also where the close frame has 1000, as behind every close record.
   */
  readonly cause: CloseCause | 'expired'
  /** What went wrong, or what the client has said about that. `undefined` when nothing did. */
  readonly error: string | undefined
}

/** Where an error was thrown. */
export interface HubErrorSource<Context = unknown> {
  /** The connection. */
  readonly connection: Connection<Context>
  /** The method, or the option. */
  readonly in: string
}

/** What the connections of a hub share. */
export interface HubEnvironment extends HubReach {
  readonly limits: Required<HubLimits>
  readonly methods: MethodTable
  readonly filters: readonly Filter<unknown, unknown>[]
  readonly detailedErrors: boolean
  readonly answers: PendingAnswers
  readonly turnBudget: TurnBudget
  userId(context: unknown): string | undefined
  expiresAt(context: unknown): Date | number | undefined
  readonly connected: ((caller: Caller<unknown, unknown>) => unknown) | undefined
  readonly disconnected: ((caller: Caller<unknown, unknown>, end: HubEnd) => unknown) | undefined
  report(error: unknown, source: HubErrorSource): void
}
