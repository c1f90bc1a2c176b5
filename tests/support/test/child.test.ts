import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { Child } from '../src/child.ts'

interface ProgramQuestions {
  /** Answers after so many milliseconds, with their number. */
  after(milliseconds: number): number
  fail(why: string): void
  end(code: number): void
}

const TIMEOUT = 10_000

async function startProgram(): Promise<Child<ProgramQuestions>> {
  const program = fileURLToPath(new URL('answering-program.js', import.meta.url))
  const commandLine = [process.execPath, program]
  const started = await Child.start<ProgramQuestions, string>('program', commandLine, process.env)
  onTestFinished(() => started.child.stop())
  expect(started.ready).toBe('ready')
  return started.child
}

test('each question has its own answer, also where a later one is sooner at hand', async () => {
  const child = await startProgram()
  const answers = [50, 0].map((milliseconds) => child.ask('after', TIMEOUT, milliseconds))
  expect(await Promise.all(answers)).toEqual([50, 0])
})

test('what a program throws is told, and it goes on', async () => {
  const child = await startProgram()
  await expect(child.ask('fail', TIMEOUT, 'not today')).rejects.toThrow('program: not today')
  expect(await child.ask('after', TIMEOUT, 0)).toBe(0)
})

test('a program that ends leaves no question open', async () => {
  const child = await startProgram()
  const told = 'program: it ended with 3\nlast words'
  await expect(child.ask('end', TIMEOUT, 3)).rejects.toThrow(told)
  expect(await child.exited).toEqual({ code: 3, signal: null, errors: 'last words\n' })
  await expect(child.ask('after', TIMEOUT, 0)).rejects.toThrow('program is not running')
})
