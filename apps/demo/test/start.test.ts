import { afterEach, expect, test, vi } from 'vitest'
import { DemoProcess } from './demo-process.ts'

/** Writes the address of every module that is loaded to standard error. */
const HOOKS = `
import { writeSync } from 'node:fs'
export async function load(url, context, nextLoad) {
  writeSync(2, url + '\\n')
  return nextLoad(url, context)
}
`
const WATCH = moduleOf(`
import { register } from 'node:module'
register(${JSON.stringify(moduleOf(HOOKS))})
`)

/** The address of a module with this source. */
function moduleOf(source: string): string {
  return `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`
}

/** What takes long to load, by a part of its address. */
const SLOW = {
  'the hub': '/hub/dist/',
  'the HTTP transports': '/http-transports/dist/',
  zod: '/zod/',
  'prom-client': '/prom-client/',
  'adapter-ws': '/adapter-ws/dist/',
  'adapter-uws': '/adapter-uws/dist/',
  'adapter-bun': '/adapter-bun/dist/',
}

afterEach(() => void vi.unstubAllEnvs())

test.each([
  [[], ['adapter-ws']],
  [
    ['--adapter', 'uws', '--metrics'],
    ['prom-client', 'adapter-uws'],
  ],
  [
    ['--session', 'chat'],
    ['the hub', 'the HTTP transports', 'zod', 'adapter-ws'],
  ],
])('with the flags %j it loads %j, and nothing else that takes long', async (flags, expected) => {
  vi.stubEnv('NODE_OPTIONS', `--import=${WATCH}`)
  const { demo } = await DemoProcess.ready(...flags)
  demo.kill('SIGTERM')
  const { errors } = await demo.exited()
  const loaded = Object.entries(SLOW).filter(([, part]) => errors.includes(part))
  expect(loaded.map(([name]) => name)).toEqual(expected)
})
