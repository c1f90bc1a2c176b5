import { setImmediate } from 'node:timers'
import { TurnBatch } from '@wirebeat/core/adapter'

/** One turn for all connections of the thread, because they share its event loop. */
export const turn: TurnBatch = new TurnBatch(setImmediate)
