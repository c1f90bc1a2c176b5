import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type Case, inGroup, needing, type UngroupedCase } from '../case.ts'
import { DEFAULT_BOUND } from '../condition.ts'
import { anyConversation, conversations, endings } from '../conversation/arbitrary.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { ConversationServer } from '../conversation/conversation-server.ts'
import { replayFrom } from '../conversation/replay.ts'
import { expectedTranscript } from '../conversation/transcript.ts'
import type { Harness } from '../harness.ts'
import { environment } from '../runtime.ts'

/** Milliseconds for the search for a smaller conversation that fails as well. */
const SHRINKING_TIME = 10_000

/** Milliseconds that a wait lasts once it is known that something fails. */
const SHRINKING_BOUND = 1_000

/** Conversations that a case plays. */
const RUNS = 40

/** Plays random conversations, and compares each with what the model expects of it. */
async function playAll(
  harness: Harness,
  kind: string,
  groups: fc.Arbitrary<readonly Conversation[]>,
): Promise<void> {
  const replay = replayFrom(environment())
  const server = await ConversationServer.start(harness)
  let bound = DEFAULT_BOUND
  let deadline = Number.POSITIVE_INFINITY
  const property = fc.asyncProperty(groups, async (group) => {
    // What is not tried any more counts as good, and so the search ends.
    if (performance.now() > deadline) return
    try {
      const played = await Promise.all(group.map((one) => server.play(one, bound)))
      assert.deepEqual(
        played,
        group.map((one) => expectedTranscript(one, (capability) => harness.can(capability))),
      )
    } catch (error) {
      if (bound !== SHRINKING_BOUND) deadline = performance.now() + SHRINKING_TIME
      bound = SHRINKING_BOUND
      throw error
    }
  })
  const path = replay.kind === kind ? replay.path : undefined
  const result = await fc.check(property, {
    seed: replay.seed,
    ...(path !== undefined && { path }),
    numRuns: RUNS,
  })
  if (!result.failed) return
  const { seed, counterexample, counterexamplePath, errorInstance, numShrinks } = result
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  throw new Error(
    [
      `Again: WIREBEAT_SEED=${seed}/${kind}/${counterexamplePath}, or all of them: WIREBEAT_SEED=${seed}`,
      `The conversation, after ${numShrinks} steps to a smaller one: ${JSON.stringify(counterexample?.[0])}`,
      why,
    ].join('\n'),
    { cause: errorInstance },
  )
}

const section = 'Design 4: Messages'

const byEnding = endings.map(
  ({ kind, what, arbitrary }): UngroupedCase => ({
    name: `random conversations ${what} come to what the model says`,
    section,
    run: (harness) =>
      playAll(
        harness,
        kind,
        conversations(arbitrary).map((one) => [one]),
      ),
  }),
)

const sideBySide: UngroupedCase = {
  name: 'random conversations side by side on one server do not touch each other',
  section,
  run: (harness) =>
    playAll(harness, 'side-by-side', fc.array(anyConversation, { minLength: 2, maxLength: 6 })),
}

/** Random conversations, each compared with the model. */
export const conversationCases: readonly Case[] = inGroup(
  'conversations',
  needing('wire', [...byEnding, sideBySide]),
)
