import process from 'node:process'
import { createInterface } from 'node:readline'
import type { Moment } from './protocol.ts'

interface Question {
  readonly ask: string
}

/**
 * Says the first line, then answers questions, one line each, until the one who asks is gone: then
 * the process ends.
 */
export function answerQuestions<Asked extends Question>(
  ready: object,
  answer: (question: Asked) => object | Promise<object>,
): void {
  const lines = createInterface({ input: process.stdin })
  lines.on('line', async (line) => {
    try {
      // Only the benchmark writes here, in the shapes of the protocol.
      say(await answer(JSON.parse(line) as Asked))
    } catch (error) {
      say({ error: error instanceof Error ? error.message : String(error) })
    }
  })
  lines.on('close', () => process.exit())
  say(ready)
}

/** The present moment of this process. */
export function moment(): Moment {
  const { user, system } = process.cpuUsage()
  return { at: performance.now(), cpu: user + system }
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
