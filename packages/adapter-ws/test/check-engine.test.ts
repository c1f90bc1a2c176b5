import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import * as ws from 'ws'
import { checkEngine } from '../src/check-engine.ts'

const bun = process.env['WIREBEAT_BUN']
const ADAPTER = fileURLToPath(import.meta.resolve('@wirebeat/adapter-ws'))
const REFUSAL =
  '@wirebeat/adapter-ws needs the package ws, and Bun has put its own in its place. Use @wirebeat/adapter-bun, which serves the same endpoint.'

test('the package ws is taken, and nothing else of that name', () => {
  checkEngine(ws)
  for (const other of [{}, { Receiver: class {} }]) {
    expect(() => checkEngine(other)).toThrow(REFUSAL)
  }
})

test.runIf(bun)('on Bun attach and listen refuse, and name the adapter for Bun', () => {
  const program = `
    import { createServer } from 'node:http'
    import { attach, listen } from '${ADAPTER}'
    import { createEndpoint, echo } from '@wirebeat/core'
    const endpoint = createEndpoint({ session: echo() })
    try { attach(createServer(), endpoint) } catch (error) { console.log(error.message) }
    await listen(endpoint).catch((error) => console.log(error.message))
    process.exit()`
  const args = ['--no-install', '--eval', program]
  const { stdout } = spawnSync(bun ?? '', args, { encoding: 'utf8' })
  expect(stdout).toBe(`${REFUSAL}\n${REFUSAL}\n`)
})
