import v8 from 'node:v8'
import { answerQuestions, collectedMemory } from '@wirebeat/test-support/process'
import { moment } from '../moment.ts'
import type { Memory, ServerQuestions, ServerReady } from '../protocol.ts'

/** Tells the benchmark the port, and answers its questions until it is gone. */
export function serve({ port }: ServerReady): void {
  answerQuestions<ServerQuestions>({ port }, { moment, memory })
}

async function memory(): Promise<Memory> {
  const { rss, heapUsed, external } = await collectedMemory(collectGarbage)
  return { resident: rss, heap: heapUsed + external }
}

/** Node and Deno are started with `--expose-gc`; Bun has its own. */
function collectGarbage(): void {
  // What a runtime adds to the global object beyond the standard.
  const runtime = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } }
  if (runtime.Bun !== undefined) runtime.Bun.gc(true)
  else if ('queryObjects' in v8) giveBackMemory()
  else runtime.gc?.()
}

/**
 * A collection leaves V8 the room that it has taken for new objects, twice 16 MB once ten thousand
 * connections have come, and a quiet process gives it back within some 20 seconds. To count objects
 * of a class V8 does so at once, so that no contestant is charged for what is nobody's connection.
 */
function giveBackMemory(): void {
  v8.queryObjects(class Nothing {}, { format: 'count' })
}
