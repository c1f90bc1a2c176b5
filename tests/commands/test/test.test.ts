import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'

const SCRIPTS = fileURLToPath(new URL('../../../scripts/', import.meta.url))

const PROGRESS = fileURLToPath(new URL('../../progress/', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'wirebeat-test-command-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A task that turbo has run: what it wrote, and how it ended. */
interface TaskRun {
  readonly id: string
  readonly lines: readonly string[]
  readonly exitCode?: number
}

// In place of turbo: it says what is prepared for the first task that it is asked for.
const TURBO = `#!${process.execPath}
const { readFileSync } = require('node:fs')
const { stdout, stderr, code } = JSON.parse(readFileSync(process.argv[3] + '.json', 'utf8'))
process.stdout.write(stdout)
process.stderr.write(stderr)
process.exitCode = code
`

beforeEach(() => {
  rmSync(folder, { recursive: true })
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'bin', 'turbo'), TURBO, { mode: 0o755 })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'bin', 'package.json'), '{ "type": "commonjs" }')
  mkdirSync(join(folder, 'node_modules/@wirebeat'), { recursive: true })
  symlinkSync(PROGRESS, join(folder, 'node_modules/@wirebeat/progress'))
  cpSync(SCRIPTS, join(folder, 'scripts'), { recursive: true })
  turboRuns('lint', [{ id: '//#lint', lines: ['Checked 3 files'] }])
})

/** Prepares what turbo says when it is asked for this task first. */
function turboRuns(phase: 'lint' | 'test', runs: readonly TaskRun[]): void {
  const summary = join(folder, `${phase}-summary.json`)
  const say = (source: string, text: string) =>
    `${JSON.stringify({ source, text, timestamp: 0 })}\n`
  const outcomes = runs.map(({ id, lines, exitCode = 0 }, index) => {
    const logFile = `${phase}-${index}.log`
    writeFileSync(join(folder, logFile), `${lines.join('\n\n')}\n`)
    return { taskId: id, logFile, execution: { exitCode, startTime: 0, endTime: 1_500 } }
  })
  writeFileSync(summary, JSON.stringify({ tasks: outcomes }))
  const said = runs.flatMap(({ id, lines }) => lines.map((line) => say(id, line)))
  prepare(phase, {
    stdout: `${said.join('')}${say('turbo', `Summary:    ${summary}`)}`,
    stderr: '',
    code: runs.some(({ exitCode = 0 }) => exitCode !== 0) ? 1 : 0,
  })
}

function prepare(phase: 'lint' | 'test', said: object): void {
  writeFileSync(join(folder, `${phase}.json`), JSON.stringify(said))
}

function runTest(): { readonly lines: readonly string[]; readonly status: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/test.js'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` },
  })
  return { lines: `${stdout}${stderr}`.trimEnd().split('\n'), status }
}

// There a program of that name would not be found.
describe.skipIf(process.platform === 'win32')('the command test', () => {
  test('has a line for each task, and the number of all tests alone on the last one', () => {
    const leftOut = 'Left out: adapter-uws. There is no binary.'
    turboRuns('test', [
      { id: '@wirebeat/core#test', lines: [leftOut, '      Tests  7 passed | 2 skipped (9)'] },
      {
        id: '@wirebeat/client#test',
        lines: ['cache hit, replaying logs', leftOut, '      Tests  5 passed (5)'],
      },
    ])
    const { lines, status } = runTest()
    expect(lines).toEqual([
      'ok     root lint                        1.5 s',
      'ok     core test                        0.0 s   7 passed, 2 skipped',
      'ok     client test                     cached   5 passed',
      '',
      leftOut,
      '3 tasks, 0 of which failed. All that they wrote: test.log',
      '12 passed, 0 failed, 2 skipped',
    ])
    expect(status).toBe(0)
    expect(readFileSync(join(folder, 'test.log'), 'utf8')).toContain('//#lint: Checked 3 files\n')
  })

  test('shows all that a failed task wrote, and fails', () => {
    turboRuns('test', [
      {
        id: '@wirebeat/core#test',
        lines: ['expected 1 to be 2', '      Tests  1 failed | 7 passed (8)', '[ELIFECYCLE]'],
        exitCode: 1,
      },
      { id: '@wirebeat/client#test', lines: ['something fine', '      Tests  5 passed (5)'] },
    ])
    const { lines, status } = runTest()
    const all = lines.join('\n')
    expect(all).toContain('FAILED core test                        0.0 s   1 failed, 7 passed\n')
    expect(all).toContain('expected 1 to be 2\n\n      Tests  1 failed | 7 passed (8)\n')
    expect(all).toContain('Failed: core test\n')
    expect(all).not.toContain('something fine')
    expect(lines.at(-1)).toBe('12 passed, 1 failed, 0 skipped')
    expect(status).toBe(1)
  })

  test('says at the end once more, in short, what has failed', () => {
    turboRuns('test', [
      {
        id: '@wirebeat/core#test',
        lines: [
          'much before it',
          '⎯⎯⎯⎯⎯⎯⎯ Failed Tests 2 ⎯⎯⎯⎯⎯⎯⎯',
          ' FAIL  test/a.test.ts > one is two',
          `AssertionError: expected ${'1'.repeat(300)} to be 2`,
          '',
          ' ❯ test/a.test.ts:3:4',
          '      1| the code',
          '⎯⎯⎯⎯⎯⎯⎯[1/2]⎯',
          ' FAIL  test/b.test.ts > many lines',
          ...Array.from({ length: 20 }, (_, line) => `+ ${line}`),
        ],
        exitCode: 1,
      },
    ])
    const { lines } = runTest()
    const digest = lines.slice(lines.lastIndexOf('Failed: core test'))
    expect(digest.slice(0, 4)).toEqual([
      'Failed: core test',
      ' FAIL  test/a.test.ts > one is two',
      `AssertionError: expected ${'1'.repeat(275)}`,
      ' FAIL  test/b.test.ts > many lines',
    ])
    expect(digest.slice(-4)).toEqual([
      '+ 16',
      ' and 3 lines more, above',
      '2 tasks, 1 of which failed. All that they wrote: test.log',
      '0 passed, 1 failed, 0 skipped',
    ])
  })

  test('runs no tests after lint has failed, and does not end with nothing failed', () => {
    turboRuns('lint', [{ id: '//#lint', lines: ['a circle'], exitCode: 1 }])
    const { lines, status } = runTest()
    expect(lines).toContain('a circle')
    expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped')
    expect(status).toBe(1)
  })

  test('says what kept turbo from running anything', () => {
    prepare('lint', { stdout: '', stderr: 'no such task', code: 1 })
    const { lines, status } = runTest()
    expect(lines).toContain('no such task')
    expect(lines).toContain('0 passed, 1 failed, 0 skipped')
    expect(status).toBe(1)
  })
})
