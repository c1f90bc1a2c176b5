import fc from 'fast-check'
import type { Control, Conversation, Ending, MessageStep, PauseStep, Step } from './conversation.ts'

/** Lengths where the form of a frame changes, and all between; mostly small ones. */
const size: fc.Arbitrary<number> = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.nat(200) },
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 125, 126) },
  { weight: 2, arbitrary: fc.nat(10_000) },
  { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536) },
)

/** A place in something whose length is not known here: near its start, or anywhere. */
const place: fc.Arbitrary<number> = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.nat(20) },
  { weight: 1, arbitrary: fc.nat(1_000_000) },
)

const seed = fc.nat(0xffff)

const control: fc.Arbitrary<Control> = fc.record({
  kind: fc.constantFrom('ping', 'pong'),
  size: fc.oneof({ withCrossShrink: true }, fc.nat(20), fc.constantFrom(0, 1, 125)),
  seed,
})

const message: fc.Arbitrary<MessageStep> = fc.record({
  kind: fc.constant('message'),
  type: fc.constantFrom('text', 'binary'),
  size,
  seed,
  cuts: fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(place, { maxLength: 6 }) },
  ),
  between: fc.array(control, { maxLength: 4 }),
})

const pause: fc.Arbitrary<PauseStep> = fc.record({
  kind: fc.constant('pause'),
  turns: fc.integer({ min: 1, max: 10 }),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: message },
  { weight: 2, arbitrary: control },
  { weight: 1, arbitrary: pause },
)

const reason = fc.constantFrom('', 'done', 'tschüß 🌊', '€'.repeat(41))

/** Codes that either side may send, of each class. */
const code = fc.constantFrom(
  1000,
  1001,
  1003,
  1007,
  1009,
  1010,
  1011,
  1012,
  1014,
  3000,
  3999,
  4000,
  4999,
)

/** A way to end. */
export interface EndingArbitrary {
  readonly kind: Ending['kind']
  /** Completes a sentence about a conversation. */
  readonly what: string
  readonly arbitrary: fc.Arbitrary<Ending>
}

/** All ways to end. */
export const endings: readonly EndingArbitrary[] = [
  {
    kind: 'client-close',
    what: 'that the client closes with a code',
    arbitrary: fc.record({ kind: fc.constant('client-close'), code, reason }),
  },
  {
    kind: 'empty-close',
    what: 'that the client closes without a code',
    arbitrary: fc.constant({ kind: 'empty-close' }),
  },
  {
    kind: 'fin',
    what: 'that the client ends with a FIN, after all answers,',
    arbitrary: fc.constant({ kind: 'fin' }),
  },
  {
    kind: 'hasty-fin',
    what: 'that the client ends with a FIN, without waiting for answers,',
    arbitrary: fc.constant({ kind: 'hasty-fin' }),
  },
  {
    kind: 'reset',
    what: 'that the client resets, after all answers,',
    arbitrary: fc.constant({ kind: 'reset' }),
  },
  {
    kind: 'session-close',
    what: 'that the session closes, after any message or before the first,',
    arbitrary: fc.record({
      kind: fc.constant('session-close'),
      after: fc.nat(10),
      code,
      reason,
    }),
  },
]

/** Conversations that end in this way. */
export function conversations(ending: fc.Arbitrary<Ending>): fc.Arbitrary<Conversation> {
  return fc.record({
    steps: fc.array(step, { maxLength: 10 }),
    ending,
    writes: fc.array(place, { maxLength: 12 }),
  })
}

/** Conversations that end in any way. */
export const anyConversation: fc.Arbitrary<Conversation> = conversations(
  fc.oneof(...endings.map(({ arbitrary }) => arbitrary)),
)
