import { setImmediate } from 'node:timers/promises'
import type { BorrowingSession } from '@wirebeat/core'
import { ClientResultError, createHub, HubError, hubOf, streamOf } from '@wirebeat/hub'
import { messagepack } from '@wirebeat/hub/messagepack'
import { z } from 'zod'
import { MAX_RECORD_SIZE } from '../settings.ts'

const { method, define } = hubOf<{ question(text: string): Promise<string> }, number | undefined>()

/** The hub that is fuzzed. `expectation.ts` knows what its methods answer. */
const definition = define({
  echo: method([z.unknown()], (_, value) => value),
  add: method([z.int(), z.int()], async (_, one, other) => {
    await setImmediate()
    return one + other
  }),
  fail: method([z.string()], (_, text) => {
    throw new HubError(text)
  }),
  ask: method([z.string()], (call, text) =>
    call.clients.caller.invoke('question', { timeout: 60_000 }, text),
  ),
  total: method([streamOf(z.int())], async (_, items) => {
    let total = 0
    for await (const item of items) total += item
    return total
  }),
  count: method([z.int()], async function* (_, to) {
    for (let item = 0; item < Math.min(to, 1_000); item++) yield item
  }),
  held: method([], async function* (call) {
    yield 0
    if (call.signal.aborted) return
    await new Promise<void>((resolve) => call.signal.addEventListener('abort', () => resolve()))
  }),
})

/** What methods get whose client has left. */
const GONE = 'The connection of the stream has ended.'

/** @param onError told of what should not be */
export function hubSession(
  onError: (error: unknown) => void,
): BorrowingSession<number | undefined> {
  const hub = createHub(definition, {
    encodings: [messagepack()],
    maxRecordSize: MAX_RECORD_SIZE,
    onError(error) {
      const isGone = error instanceof Error && error.message === GONE
      if (!isGone && !(error instanceof ClientResultError)) onError(error)
    },
  })
  return hub.session
}
