import { answerQuestions, collectedMemory } from '@wirebeat/test-support/process'
import { moment } from '../moment.ts'
import type { Memory, ServerQuestions, ServerReady } from '../protocol.ts'
import type { Broadcaster } from './broadcaster.ts'

/**
 * Tells the benchmark the port, and answers its questions until it is gone.
 *
 * @param broadcaster of a server that has a way to send to many
 */
export function serve({ port }: ServerReady, broadcaster?: Broadcaster): void {
  answerQuestions<ServerQuestions>(
    { port },
    {
      moment,
      memory,
      broadcast: (broadcast) => needed(broadcaster).start(broadcast),
      published: () => needed(broadcaster).published(),
    },
  )
}

function needed(broadcaster: Broadcaster | undefined): Broadcaster {
  if (broadcaster === undefined) throw new Error('this server only echoes')
  return broadcaster
}

async function memory(): Promise<Memory> {
  const { rss, heapUsed, external } = await collectedMemory(await collectorOfNode())
  return { resident: rss, heap: heapUsed + external }
}

/** On other runtimes there is none. */
async function collectorOfNode(): Promise<(() => Promise<void>) | undefined> {
  if ('Bun' in globalThis || 'Deno' in globalThis) return undefined
  // Loaded here, because other runtimes lack the module that it needs.
  const { giveBackMemory } = await import('../give-back-memory.ts')
  return giveBackMemory
}
