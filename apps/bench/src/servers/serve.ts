import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import v8 from 'node:v8'
import { answerQuestions, moment } from '../answering.ts'
import type { Memory, ServerReady } from '../protocol.ts'

/** Enough for what one collection leaves to the next. */
const COLLECTIONS = 4

/** Tells the benchmark the port, and answers its questions until it is gone. */
export function serve({ port }: ServerReady): void {
  answerQuestions<{ readonly ask: 'moment' | 'memory' }>({ port }, ({ ask }) =>
    ask === 'memory' ? memory() : moment(),
  )
}

async function memory(): Promise<Memory> {
  for (let count = 0; count < COLLECTIONS; count++) {
    collectGarbage()
    await setImmediate()
  }
  const { rss, heapUsed, external } = process.memoryUsage()
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
