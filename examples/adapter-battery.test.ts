import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('./dist/adapter-battery.js', import.meta.url))

/** Runs the program. */
function run(part: string) {
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM, part], { encoding: 'utf8' })
  return { status, text: stdout }
}

test('adapter-battery: runs the cases that are asked for, and ends with 0 when they pass', () => {
  const { status, text } = run('messages: a ')
  expect(text).toMatch(/^ws, in one file on Node \d+: [1-9]\d* passed, 0 failed, \d+ skipped, in /m)
  expect(status).toBe(0)
})

test('adapter-battery: fails when there is no such case', () => {
  expect(run('no such case').status).toBe(1)
})
