import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../command.ts'
import { readTarballs } from '../tarball.ts'
import { conformanceTest, makePrograms } from './programs.ts'
import { makeProject, type PackageManager, type Project } from './project.ts'
import { serveRegistry } from './registry.ts'
import { installRuntimes } from './runtimes.ts'
import { ServerProcess } from './server-process.ts'

const registry = await serveRegistry(await readTarballs())
const { runtimes, remove } = await installRuntimes()
afterAll(async () => {
  registry.close()
  await remove()
})

const PACKAGES = ['core', 'adapter-ws', 'adapter-uws', 'client', 'conformance']

/** What a project brings along. The engine is on npm under another name only. */
const COMPANIONS = [
  'uWebSockets.js@npm:uws-pack@20.0.8',
  'ws@^8.23.0',
  '@types/ws@^8.18.2',
  '@types/node@^20.19.0',
]

const TYPESCRIPT = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
const TSC = [process.execPath, join(TYPESCRIPT, 'bin/tsc'), '--strict', '--target', 'es2023']

describe.each<PackageManager>(['npm', 'pnpm'])('installed with %s', (manager) => {
  let project: Project
  let sources: readonly string[]

  beforeAll(async () => {
    project = await makeProject(manager, registry.url)
    await project.install(...PACKAGES.map((name) => `@wirebeat/${name}`), ...COMPANIONS)
    const programs = Object.entries(await makePrograms(project.folder))
    for (const [name, text] of programs) await project.write(`${name}.mts`, text)
    sources = programs.map(([name]) => `${name}.mts`)
    const flags = ['--module', 'nodenext', '--types', 'node', '--outDir', 'built']
    await run([...TSC, ...flags, ...sources], { cwd: project.folder })
  }, 120_000)
  afterAll(() => project?.remove())

  test('the examples compile where a bundler resolves, too', async () => {
    const flags = ['--module', 'esnext', '--moduleResolution', 'bundler', '--types', 'node']
    await run([...TSC, ...flags, '--noEmit', ...sources], { cwd: project.folder })
  })

  describe.each(runtimes)('on $name', ({ node, hasEngine }) => {
    const start = (program: string) =>
      ServerProcess.start(() => [node, `built/${program}.mjs`], project.folder)

    test.each(['root', 'ws'])('the server of the README echoes (%s)', async (program) => {
      const server = await start(program)
      expect(await server.echo('hello')).toBe('hello')
    })

    test.runIf(hasEngine).each(['uws', 'uws-listen'])(
      'the server on uWebSockets.js echoes (%s)',
      async (program) => {
        const server = await start(program)
        expect(await server.echo('hello')).toBe('hello')
      },
    )

    test.skipIf(hasEngine)(
      'an engine without a binary for it says so, and what to do',
      async () => {
        const server = await start('uws-listen')
        expect(await server.failure()).toMatch(
          /EngineUnavailableError: .* no binary for Node .* npm install uNetworking\/uWebSockets\.js#v20/,
        )
      },
    )

    test('an endpoint can be made without any server', async () => {
      expect(await run([node, 'built/core.mjs'], { cwd: project.folder })).toBe('')
    })

    test('the client connects, and is told the echo', async () => {
      const server = await start('ws')
      await server.echo('ready')
      const env = { SERVER: `ws://127.0.0.1:${server.port}/ws` }
      const output = await run([node, 'built/client.mjs'], { cwd: project.folder, env })
      expect(output).toMatch(/^hello$/m)
    })

    test('a session is tested in memory, on a clock driven by hand', async () => {
      expect(await run([node, 'built/session.mjs'], { cwd: project.folder })).toBe('false\n')
    })
  })
})

test('an adapter is put through the battery with vitest', async () => {
  const project = await makeProject('npm', registry.url)
  try {
    const packages = ['core', 'adapter-ws', 'conformance'].map((name) => `@wirebeat/${name}`)
    await project.install(...packages, 'vitest@^4.1.12')
    await project.write('ws.test.mjs', await conformanceTest(project.folder))
    const command = ['npx', 'vitest', 'run', '-t', 'ws conforms origin', '--reporter=json']
    const { numPassedTests, numFailedTests } = JSON.parse(
      await run(command, { cwd: project.folder }),
    )
    expect(numPassedTests).toBeGreaterThan(5)
    expect(numFailedTests).toBe(0)
  } finally {
    await project.remove()
  }
})
