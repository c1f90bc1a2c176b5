import { afterEach, expect, test, vi } from 'vitest'
import { loadAdapter } from '../src/adapter-names.ts'
import { runsHere } from '../src/engine.ts'

afterEach(() => vi.restoreAllMocks())

const load = (): Promise<never> => Promise.reject(new Error('It is not installed.'))

test('an engine that cannot be loaded is left out, in a line that says why', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  const adapter = { ...(await loadAdapter('ws')), name: 'new', engine: 'in no table', load }
  expect(await runsHere(adapter)).toBe(false)
  expect(warn.mock.calls).toEqual([['Left out: adapter-new. It is not installed.']])
})

test('an engine that cannot be loaded where the compatibility table has it is an error', async () => {
  const adapter = { ...(await loadAdapter('ws')), load }
  await expect(runsHere(adapter)).rejects.toThrow(
    /^ws has to run on Node .*, by docs\/compatibility\.md, and does not\..* It is not installed\.$/,
  )
})
