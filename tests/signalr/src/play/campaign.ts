import type { Conversation } from '../conversation/step.ts'
import { play } from './player.ts'

/** How many conversations are held at the same time. */
const AT_A_TIME = 32

/**
 * Holds conversations with the server at an origin, many at the same time.
 *
 * @returns the transcript of each, by its name
 */
export async function playAll(
  conversations: readonly Conversation[],
  origin: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const transcripts = new Map<string, readonly string[]>()
  const hold = async (conversation: Conversation) => {
    transcripts.set(conversation.name, await play(conversation, origin))
  }
  const shared = conversations.filter(({ alone }) => !alone)
  const waiting = [...shared.filter(({ slow }) => slow), ...shared.filter(({ slow }) => !slow)]
  const holdNext = async () => {
    while (true) {
      const next = waiting.shift()
      if (next === undefined) return
      await hold(next)
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, holdNext))
  for (const conversation of conversations.filter(({ alone }) => alone)) await hold(conversation)
  return transcripts
}
