import type { Capability } from '@wirebeat/core/adapter'
import { expect, test } from 'vitest'
import type { Case, Group } from '../src/case.ts'
import type { CaseResult } from '../src/case-result.ts'
import { memoryTarget } from '../src/memory-target.ts'
import { type BatteryOptions, type Reporter, runBattery, runCases } from '../src/run-battery.ts'
import type { Target } from '../src/target.ts'
import { textReporter } from '../src/text-reporter.ts'

const target: Target = {
  name: 'nowhere',
  missing: { pause: { reason: 'It never stops.', upstream: 'everywhere' } },
  serve: () => Promise.reject(new Error('there is no server')),
}

function makeCase(
  name: string,
  run: Case['run'] = async () => {},
  group: Group = 'messages',
  needs: readonly Capability[] = [],
): Case {
  return { name, group, section: 'none', needs, run }
}

const failing = makeCase('fails', async (harness) => void (await harness.start()))
const skipped = makeCase('stops', undefined, 'stats', ['pause'])

test('the report counts what passed, what failed with its error, and what was skipped with the reason', async () => {
  const report = await runCases([makeCase('passes'), failing, skipped], target)
  expect(report).toMatchObject({ adapter: 'nowhere', passed: 1, failed: 1, skipped: 1 })
  expect(report.groups).toMatchObject({
    messages: { passed: 1, failed: 1, skipped: {} },
    stats: { passed: 0, failed: 0, skipped: { pause: 1 } },
  })
  const resultOf = (one: Case) => report.results.find((result) => result.case === one)
  expect(resultOf(failing)).toMatchObject({
    outcome: 'failed',
    error: new Error('there is no server'),
  })
  expect(resultOf(skipped)).toMatchObject({
    outcome: 'skipped',
    capability: 'pause',
    reason: 'It never stops.',
    upstream: 'everywhere',
  })
})

test('the exit code is 1 after a failure, and 0 where all others were skipped', async () => {
  expect((await runCases([makeCase('passes'), failing], target)).exitCode).toBe(1)
  expect((await runCases([makeCase('passes'), skipped], target)).exitCode).toBe(0)
})

test('cases are chosen by group, and by a part of the group and the name', async () => {
  const all = [makeCase('one'), makeCase('two'), makeCase('one', undefined, 'stats')]
  const chosen = async (options: BatteryOptions) =>
    (await runCases(all, target, options)).results.map(
      ({ case: { group, name } }) => `${group}: ${name}`,
    )
  expect(await chosen({ groups: ['stats'] })).toEqual(['stats: one'])
  expect(await chosen({ name: 'one' })).toEqual(['messages: one', 'stats: one'])
  expect(await chosen({ name: /^messages: t/ })).toEqual(['messages: two'])
  expect(await chosen({ groups: ['messages'], name: 'one' })).toEqual(['messages: one'])
})

test.each<[BatteryOptions, string]>([
  [{ name: 'nothing like this' }, 'has a name with nothing like this'],
  [{ groups: [] }, 'No case of no group'],
  // As plain JavaScript can pass it.
  [{ groups: ['message' as Group] }, 'There is no group message. Choose from handshake,'],
  [{ concurrency: 0 }, 'concurrency must be a whole number from 1 on, got 0.'],
  [{ timeLimit: Number.NaN }, 'timeLimit must be a whole number from 1 on, got NaN.'],
])('the options %j are refused', async (options, message) => {
  await expect(runBattery(target, options)).rejects.toThrow(message)
})

test('no more cases run at the same time than were asked for, and none of another group', async () => {
  const running: Case[] = []
  let most = 0
  const busy = (index: number): Case => {
    const one: Case = makeCase(
      `case ${index}`,
      async () => {
        running.push(one)
        most = Math.max(most, running.length)
        expect(new Set(running.map(({ group }) => group)).size).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 5))
        running.splice(running.indexOf(one), 1)
      },
      index % 2 === 0 ? 'messages' : 'stats',
    )
    return one
  }
  const cases = Array.from({ length: 20 }, (_, index) => busy(index))
  expect((await runCases(cases, target, { concurrency: 3 })).passed).toBe(20)
  expect(most).toBe(3)
})

test('a case that never ends fails at its time limit, and its server is closed', async () => {
  let isClosed = false
  const closing: Target = {
    ...memoryTarget,
    async serve(endpoint) {
      const server = await memoryTarget.serve(endpoint)
      server.close = async () => {
        isClosed = true
      }
      return server
    },
  }
  const endless = makeCase('never ends', async (harness) => {
    await harness.start()
    await new Promise(() => {})
  })
  const { results } = await runCases([endless], closing, { timeLimit: 20 })
  expect(results).toMatchObject([
    { outcome: 'failed', error: new Error('The case has not ended after 20 ms.') },
  ])
  await expect.poll(() => isClosed).toBe(true)
})

test('a reporter is told of the start, of each group, of each result and of the report', async () => {
  const told: unknown[] = []
  const reporter: Reporter = {
    started: ({ name }, count) => told.push(['started', name, count]),
    groupStarted: (group, count) => told.push([group, count]),
    result: ({ outcome }: CaseResult) => told.push(outcome),
    finished: ({ passed }) => told.push(['finished', passed]),
  }
  await runCases([makeCase('passes'), skipped], target, { reporter })
  expect(told).toEqual([
    ['started', 'nowhere', 2],
    ['messages', 1],
    'passed',
    ['stats', 1],
    'skipped',
    ['finished', 1],
  ])
})

test('the text of a run names failures with their error, counts, and reasons', async () => {
  const lines: string[] = []
  const reporter = textReporter((line) => lines.push(line))
  await runCases([makeCase('passes'), failing, skipped], target, { reporter })
  const text = lines.join('\n')
  expect(text).toContain('FAILED messages: fails (none)\nError: there is no server\n')
  expect(text).toMatch(/^nowhere on \w+ \d+: 1 passed, 1 failed, 1 skipped, in \d+\.\d s$/m)
  expect(text).toContain('1 skipped, no pause: It never stops. (everywhere)')
})
