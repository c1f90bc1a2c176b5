import type { Capability } from '@wirebeat/core/adapter'
import { expect, test } from 'vitest'
import { type Case, GROUPS, missingFor, runCase } from '../src/case.ts'
import { cases } from '../src/cases/index.ts'
import { X } from '../src/cases/silence.ts'
import { memoryTarget } from '../src/memory-target.ts'
import type { Target } from '../src/target.ts'

const nowhere: Target = {
  name: 'nowhere',
  missing: { pause: { reason: 'it never stops', upstream: 'everywhere' } },
  serve: () => Promise.reject(new Error('there is no server')),
}

function needing(...needs: readonly Capability[]): Case {
  return { name: 'a case', group: 'messages', section: 'none', needs, run: async () => {} }
}

test('every case has a name of its own', () => {
  const names = cases.map(({ group, name }) => `${group}: ${name}`)
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
})

test('every group has cases, and every case names where its rule stands', () => {
  expect(new Set(cases.map(({ group }) => group))).toEqual(new Set(GROUPS))
  for (const { section } of cases) expect(section).toMatch(/^(RFC \d+, section \d|Design \d+: )/)
})

test('a case is skipped for what the engine lacks, with the reason', () => {
  expect(missingFor(needing('early-data', 'pause'), nowhere)).toEqual({
    capability: 'pause',
    reason: 'it never stops',
    upstream: 'everywhere',
  })
  expect(missingFor(needing('early-data'), nowhere)).toBeUndefined()
})

test('a case fails with what went wrong in it', async () => {
  const failing: Case = { ...needing(), run: async (harness) => void (await harness.start()) }
  await expect(runCase(failing, nowhere)).rejects.toThrow('there is no server')
})

test('a case that fails in its last checks ends all of its servers', async () => {
  const ended: string[] = []
  const target: Target = {
    ...memoryTarget,
    async serve(endpoint) {
      const server = await memoryTarget.serve(endpoint)
      server.close = async () => void ended.push('a server')
      return server
    },
  }
  const failing: Case = {
    ...needing(),
    async run(harness) {
      const first = await harness.start()
      await harness.start()
      first.told.errors.push(new Error('unexpected'))
    },
  }
  await expect(runCase(failing, target)).rejects.toThrow('did not expect')
  expect(ended).toHaveLength(2)
})

/** A target whose clients see the end of a connection by so many milliseconds later than it was. */
function endingLater(milliseconds: number): Target {
  return {
    ...memoryTarget,
    async serve(endpoint) {
      const server = await memoryTarget.serve(endpoint)
      const open = server.open.bind(server)
      server.open = async (options) => {
        const client = await open(options)
        const ended = client.ended.bind(client)
        client.ended = async (bound) => {
          const end = await ended(bound)
          return { ...end, at: end.at + milliseconds }
        }
        return client
      }
      return server
    },
  }
}

test('a heartbeat that ends a silent client too early or too late fails the battery', async () => {
  const name = 'a client that never says anything is ended after 2X'
  const [silence] = cases.filter((one) => one.name === name)
  if (silence === undefined) throw new Error(`there is no case: ${name}`)
  // Far more than what a busy machine adds.
  const off = 2 * X
  const [early, right, late] = await Promise.allSettled(
    [-off, 0, off].map((by) => runCase(silence, endingLater(by))),
  )
  expect(early).toMatchObject({ reason: { message: expect.stringContaining('allowed from') } })
  expect(right).toMatchObject({ status: 'fulfilled' })
  expect(late).toMatchObject({ reason: { message: expect.stringContaining('allowed up to') } })
})
