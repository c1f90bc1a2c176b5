import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEndpoint, echo } from '@wirebeat/core'
import { httpTransports } from '@wirebeat/http-transports'
import { createHub, hubOf } from '@wirebeat/hub'
import { describe, expect, test } from 'vitest'
import { ROOT } from './pages.ts'
import { type Anything, failure } from './provoking.ts'

/** The names of the options in the first column, by the heading above their table. */
const tables = new Map(
  readFileSync(join(ROOT, 'docs/limits.md'), 'utf8')
    .split(/^## /m)
    .map((section) => [
      section.split('\n', 1)[0],
      [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name),
    ]),
)

/** Options that are times, sizes and counts. */
const IS_LIMIT = /^max|^message(?=Rate)|^compression$|(?:Size|Timeout|Interval)$/

const subjects: readonly (readonly [string, (options: Anything) => unknown])[] = [
  ['An endpoint', (options: object) => createEndpoint({ session: echo(), ...options })],
  ['HTTP transports', httpTransports],
  ['A hub', (options) => createHub(hubOf().define({}), options)],
]

describe.each(subjects)('docs/limits.md: %s', (heading, make) => {
  test('has a row for each limit, and for nothing else', async () => {
    const message = await failure(() => make({ zzzzzzzzzzzz: 1 } as Anything))
    const known = /options are (.*)\.$/.exec(message)?.[1]?.split(', ') ?? []
    const limits = known.filter((name) => IS_LIMIT.test(name))
    expect(limits.length).toBeGreaterThan(3)
    expect([...(tables.get(heading) ?? [])].sort()).toEqual(limits.sort())
  })
})
