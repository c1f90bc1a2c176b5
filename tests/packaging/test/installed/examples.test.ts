import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { run } from '../command.ts'
import { runtimesIn } from './install.ts'
import { conformanceTest, jestConfig, makePrograms, OLD_COMPILER_PROGRAM } from './programs.ts'
import { type PackageManager, projectIn } from './project.ts'
import { readRuntimes } from './runtimes.ts'
import { ServerProcess } from './server-process.ts'

const installed = inject('installed')
const runtimes = await readRuntimes(runtimesIn(installed))

/** The path of the program Bun, where this machine has one. */
const bun = process.env['WIREBEAT_BUN']

const TYPESCRIPT = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
const TSC = [process.execPath, join(TYPESCRIPT, 'bin/tsc'), '--strict', '--target', 'es2023']

describe.each<PackageManager>(['npm', 'pnpm'])('installed with %s', (manager) => {
  const project = projectIn(installed, manager, 'examples')
  let sources: readonly string[]

  beforeAll(async () => {
    const programs = Object.entries(await makePrograms(project))
    for (const [name, text] of programs) await writeFile(join(project, `${name}.mts`), text)
    sources = programs.map(([name]) => `${name}.mts`)
    const flags = ['--module', 'nodenext', '--types', 'node', '--outDir', 'built']
    await run([...TSC, ...flags, ...sources], { cwd: project })
  }, 120_000)

  test('the examples compile where a bundler resolves, too', async () => {
    const flags = ['--module', 'esnext', '--moduleResolution', 'bundler', '--types', 'node']
    await run([...TSC, ...flags, '--noEmit', ...sources], { cwd: project })
  })

  test.runIf(bun)('the server of the README echoes on Bun', async () => {
    const command = [bun ?? '', '--no-install', 'built/bun.mjs']
    const server = await ServerProcess.start(() => command, project)
    expect(await server.echo('hello')).toBe('hello')
  })

  test.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
    ['commonjs', 'node'],
  ])('TypeScript 5.4 finds the types (module %s, resolved as %s)', async (module, resolution) => {
    const tsc = join(project, 'node_modules/typescript-least/bin/tsc')
    // As a project of modules has it: whoever compiles to CommonJS as nodenext is told to import().
    const source = module === 'nodenext' ? 'old.mts' : 'old.ts'
    await writeFile(join(project, source), OLD_COMPILER_PROGRAM)
    const flags = ['--strict', '--target', 'es2022', '--module', module, '--noEmit']
    const how = ['--moduleResolution', resolution, '--types', 'node', source]
    await run([process.execPath, tsc, ...flags, ...how], { cwd: project })
  })

  describe.each(runtimes)('on $name', ({ node, hasEngine }) => {
    const start = (program: string) =>
      ServerProcess.start(() => [node, `built/${program}.mjs`], project)

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
      expect(await run([node, 'built/core.mjs'], { cwd: project })).toBe('')
    })

    test('the client connects, and is told the echo', async () => {
      const server = await start('ws')
      await server.echo('ready')
      const env = { SERVER: `ws://127.0.0.1:${server.port}/ws` }
      const output = await run([node, 'built/client.mjs'], { cwd: project, env })
      expect(output).toMatch(/^hello$/m)
    })

    test('the hub of the README is called by the official client, and calls it', async () => {
      const server = await start('hub')
      const url = `http://127.0.0.1:${server.port}/chat`
      await server.answer('/chat/negotiate', { method: 'POST' })
      const output = await run([node, 'built/hub-client.mjs'], {
        cwd: project,
        env: { SERVER: url },
      })
      expect(output).toMatch(/^hall hello$/m)
    })

    test('a hub has MessagePack, and is tested in memory', async () => {
      expect(await run([node, 'built/messagepack.mjs'], { cwd: project })).toBe('42\n')
    })

    test('the fallback transports of the README are negotiated', async () => {
      const server = await start('http-transports')
      const answer = await server.answer('/hub/negotiate?negotiateVersion=1', { method: 'POST' })
      expect(await answer.json()).toHaveProperty('connectionToken')
    })

    test('the figures of the README are served to Prometheus', async () => {
      const server = await start('prometheus')
      const answer = await server.answer('/metrics')
      expect(await answer.text()).toContain('wirebeat_connections{endpoint="/ws"} 0')
    })

    test.each([
      ['redis', 'Redis'],
      ['nats', 'NATS'],
    ])('the backplane of the README says that nobody is there (%s)', async (program, broker) => {
      const output = await run([node, `built/${program}.mjs`], { cwd: project })
      expect(output).toMatch(new RegExp(`^${broker} at 127\\.0\\.0\\.1:1 cannot be reached\\.`))
    })

    test('a session is tested in memory, on a clock driven by hand', async () => {
      expect(await run([node, 'built/session.mjs'], { cwd: project })).toBe('false\n')
    })
  })
})

test('an adapter is put through the battery with vitest', async () => {
  const project = projectIn(installed, 'npm', 'battery')
  await writeFile(join(project, 'ws.test.mjs'), await conformanceTest(project))
  const command = ['npx', 'vitest', 'run', '-t', 'ws conforms origin', '--reporter=json']
  const { numPassedTests, numFailedTests } = JSON.parse(await run(command, { cwd: project }))
  expect(numPassedTests).toBeGreaterThan(5)
  expect(numFailedTests).toBe(0)
})

test('plain Jest can require the packages, configured as the README says', async () => {
  const project = projectIn(installed, 'npm', 'jest')
  await writeFile(join(project, 'jest.config.js'), await jestConfig(project))
  await writeFile(join(project, 'echo.test.js'), JEST_TEST)
  const { numPassedTests } = JSON.parse(await run(['npx', 'jest', '--json'], { cwd: project }))
  expect(numPassedTests).toBe(1)
})

const JEST_TEST = `
const { createServer } = require('node:http')
const { attach } = require('@wirebeat/adapter-ws')
const { createEndpoint, echo } = require('@wirebeat/core')
const { ManualClock, MemoryClient } = require('@wirebeat/core/testing')

test('an endpoint echoes', async () => {
  const endpoint = createEndpoint({ clock: new ManualClock(), session: echo() })
  attach(createServer(), endpoint)
  const client = await MemoryClient.connect(endpoint)
  client.send('hello')
  expect(await client.message()).toBe('hello')
})
`
