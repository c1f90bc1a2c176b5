import process from 'node:process'
import { createInterface } from 'node:readline'

/** What can be asked of a program: functions by name, whose arguments and results are JSON. */
export type Questions<Table> = { readonly [Name in keyof Table]: (...args: never) => unknown }

/** The functions of a program that answer its questions. */
export type Answers<Table extends Questions<Table>> = {
  readonly [Name in keyof Table]: (
    ...args: Parameters<Table[Name]>
  ) => ReturnType<Table[Name]> | Promise<ReturnType<Table[Name]>>
}

/** A line that a program reads. */
export interface Question<Table extends Questions<Table>, Name extends keyof Table = keyof Table> {
  readonly ask: Name
  readonly args: Parameters<Table[Name]>
}

/** A line that it writes: first what it says when it is ready, then the answer to each question. */
export type Answer = { readonly answer?: unknown } | { readonly error: string }

/**
 * Says that the program is ready, then answers questions in their order, one line of JSON each, until
 * the one who asks is gone: then the process ends.
 */
export function answerQuestions<Table extends Questions<Table>>(
  ready: unknown,
  answers: Answers<Table>,
): void {
  const lines = createInterface({ input: process.stdin })
  let answered = Promise.resolve()
  lines.on('line', (line) => {
    // One by one, because only the order tells which answer is to which question.
    answered = answered.then(async () => say(await answerTo(line, answers)))
  })
  lines.on('close', () => process.exit())
  say({ answer: ready })
}

async function answerTo<Table extends Questions<Table>>(
  line: string,
  answers: Answers<Table>,
): Promise<Answer> {
  try {
    // Only a `Child` writes here, and asks what its table has.
    const { ask, args } = JSON.parse(line) as Question<Table>
    return { answer: await answers[ask](...args) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

function say(answer: Answer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
