import { once } from 'node:events'
import { SHARE_ENV, Worker, type WorkerOptions } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { explain } from '../src/load-engine.ts'

const versions = { ...process.versions, node: '24.1.0', modules: '137' }
const here = { platform: 'linux', arch: 'x64', versions } as const
const error = new Error('Cannot find module')

test('an engine that is not installed is told, with the line that installs it', () => {
  expect(explain(error, undefined, here)).toMatch(
    /^uWebSockets\.js is not installed\. Install it with: npm install uNetworking\/uWebSockets\.js#v20\.52\.0$/,
  )
})

test('an engine without a binary for this version of Node tells which it has', () => {
  const binaries = [
    'uws_linux_x64_127.node',
    'uws_linux_x64_115.node',
    'uws_linux_x64_999.node',
    'uws_linux_arm64_137.node',
    'uws_darwin_x64_137.node',
    'index.js',
  ]
  const message = explain(error, binaries, here)
  expect(message).toContain('no binary for Node 24.1.0 (ABI 137) on linux x64')
  expect(message).toContain(
    'on linux x64. It has one for Node 20, Node 22, ABI 999. Use one of these',
  )
  expect(message).toMatch(/npm install uNetworking\/uWebSockets\.js#v20\.52\.0$/)
})

test('an engine without a binary for this system at all says so', () => {
  expect(explain(error, ['uws_win32_x64_137.node'], here)).toContain(
    'on linux x64. It has none for this system. Install another release: npm install',
  )
})

test('a binary that is there and cannot be loaded is told with its error', () => {
  expect(explain(error, ['uws_linux_x64_137.node'], here)).toBe(
    'uWebSockets.js cannot be loaded by Node 24.1.0 (ABI 137) on linux x64: Cannot find module',
  )
})

const NAME = 'UWS_HTTP_MAX_HEADERS_SIZE'

test.each<[string, WorkerOptions, string[]]>([
  ['has a copy of the environment', {}, [expect.stringContaining(`cannot set ${NAME}`)]],
  ['has the environment of the process', { env: SHARE_ENV }, []],
])(
  'a worker thread that %s says whether it can raise the limit of headers',
  async (_, options, warnings) => {
    const before = process.env[NAME]
    delete process.env[NAME]
    try {
      const url = new URL('load-in-worker.js', import.meta.url)
      const [told] = await once(new Worker(url, options), 'message')
      expect(told).toEqual(warnings)
    } finally {
      if (before === undefined) delete process.env[NAME]
      else process.env[NAME] = before
    }
  },
)
