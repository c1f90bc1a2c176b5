import type { Connection, SendResult } from '@wirebeat/core'
import type { Encoded, HubEncoding } from '../protocol/encoding.ts'

/** A connection whose client can be called: it has said in which encoding. */
export interface Recipient {
  readonly connection: Connection
  readonly userId: string | undefined
  readonly encoding: HubEncoding
  /** The groups that it is in. */
  readonly groups: Set<string>
  write(encoded: Encoded): SendResult
  /** One more of its calls may run, while somebody waits for its answer. */
  lendSlot(): void
  takeSlotBack(): void
}
