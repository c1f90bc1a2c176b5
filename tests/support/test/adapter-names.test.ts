import { expect, test } from 'vitest'
import { ADAPTERS, loadAdapter } from '../src/adapter-names.ts'

test('every adapter of the list exports itself, under the name that its package has', async () => {
  const loaded = await Promise.all(ADAPTERS.map(loadAdapter))
  expect(loaded.map(({ name }) => name)).toEqual(ADAPTERS)
  expect(ADAPTERS).toContain('ws')
})
