import { expect, test } from 'vitest'
import { ADAPTERS, loadAdapter, runtimeOf } from '../src/adapter-names.ts'

test('every adapter of the list exports itself, under the name that its package has', async () => {
  const loaded = await Promise.all(ADAPTERS.map(loadAdapter))
  expect(loaded.map(({ name }) => name)).toEqual(ADAPTERS)
  expect(ADAPTERS).toContain('ws')
})

test('an adapter that needs another runtime than Node says so in its manifest', () => {
  expect(ADAPTERS.map((name) => [name, runtimeOf(name)])).toEqual(
    ADAPTERS.map((name) => [name, name === 'bun' ? 'bun' : 'node']),
  )
})
