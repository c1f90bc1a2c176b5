import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('./plain-program.js', import.meta.url))

/** Runs the program in a process of its own, which knows nothing of vitest. */
async function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = new Promise((resolve) => child.once('exit', resolve))
  const [code, output] = await Promise.all([exit, text(child.stdout)])
  return { code, output }
}

test('the battery runs as a plain program, prints its counts and ends with 0', async () => {
  const { code, output } = await run()
  expect(output).toMatch(/^memory on Node \d+: \d+ passed, 0 failed, \d+ skipped, in /m)
  expect(output).toMatch(/^\d+ skipped, no wire: Messages are handed over whole/m)
  expect(code).toBe(0)
})

test('a program whose cases fail prints why and ends with 1', async () => {
  const { code, output } = await run('failing')
  expect(output).toMatch(/^FAILED messages: .*\nError: there is no server$/m)
  expect(output).toMatch(/^memory on Node \d+: 0 passed, \d+ failed, /m)
  expect(code).toBe(1)
})

test('an error that nobody catches is printed, does not end the run, and makes the program end with 1', async () => {
  const { code, output } = await run('uncaught')
  expect(output).toContain('UNCAUGHT Error: thrown where nobody catches')
  expect(output).toMatch(/: \d+ passed, 0 failed, \d+ skipped, \d+ uncaught errors, in /)
  expect(code).toBe(1)
})
