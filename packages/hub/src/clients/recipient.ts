import type { Connection, SendResult } from '@wirebeat/core'
import type { DisconnectOptions } from '../definition/call.ts'
import type { InvokeOptions } from '../definition/clients.ts'
import type { Encoded, HubEncoding } from '../protocol/encoding.ts'
import type { Completion } from '../protocol/record.ts'
import type { WaitOptions } from './wait.ts'

/** A connection whose client can be called: it has said in which encoding. */
export interface Recipient {
  readonly connection: Connection
  readonly userId: string | undefined
  readonly encoding: HubEncoding
  /** The groups that it is in. */
  readonly groups: Set<string>
  /** How many groups it may be in. */
  readonly maxGroups: number
  /** The answers that its hub waits for. */
  readonly answers: Answers
  write(encoded: Encoded): SendResult
  /** One more of its calls may run, while somebody waits for its answer. */
  lendSlot(): void
  takeSlotBack(): void
  disconnect(options: DisconnectOptions): void
}

/** The answers of clients of this server that are waited for. */
export interface Answers {
  /**
   * Calls a method of a client. The promise rejects when there will be no answer.
   *
   * @throws SerializationError
   */
  ask(
    recipient: Recipient,
    target: string,
    args: readonly unknown[],
    options: InvokeOptions,
  ): Promise<unknown>
  /** Sends a client a call that is written already, with this id. Resolves with what the client answers. */
  forward(
    recipient: Recipient,
    id: string,
    record: Encoded,
    target: string,
    options: WaitOptions,
  ): Promise<Completion>
  /** Nobody waits for this answer any more. */
  cancel(id: string): void
}
