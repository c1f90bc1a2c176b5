import { describe, expect, inject, test } from 'vitest'
import { run } from '../command.ts'
import { type PackageManager, projectIn } from './project.ts'
import { ServerProcess } from './server-process.ts'

/**
 * The copy of uWebSockets.js on npm asks for Node 22, so that package managers leave it out on Node 20,
 * and has no binary for later ones.
 */
const HAS_ENGINE = process.version.startsWith('v22.')

const COMMAND = 'node_modules/@wirebeat/demo/bin/wirebeat-demo.js'

describe.each<PackageManager>(['npm', 'pnpm'])('the demo, installed with %s', (manager) => {
  const project = projectIn(inject('installed'), manager, 'demo')

  test('is a command', async () => {
    const help = await run(['npx', 'wirebeat-demo', '--help'], { cwd: project })
    expect(help).toContain('Usage: wirebeat-demo')
  })

  function start(adapter: string, ...others: readonly string[]): Promise<ServerProcess> {
    const flags = ['--host', '127.0.0.1', '--adapter', adapter, ...others]
    return ServerProcess.start(
      (port) => [process.execPath, COMMAND, ...flags, '--port', String(port)],
      project,
    )
  }

  /** Whether the page and all that it loads are there. */
  async function expectWholePage(url: string): Promise<void> {
    const html = await (await fetch(url)).text()
    const files = [...html.matchAll(/(?:src|href)="(\/[\w-]+\.\w+)"/g)].map(([, path]) => path)
    expect(files.length).toBeGreaterThan(1)
    for (const path of files) expect((await fetch(url + path)).status).toBe(200)
  }

  test('serves its page and the echo', async () => {
    const server = await start('ws')
    expect(await server.echo('hello')).toBe('hello')
    await expectWholePage(`http://127.0.0.1:${server.port}`)
  })

  test('serves the page of the chat, and negotiates', async () => {
    const server = await start('ws', '--session', 'chat')
    const url = `http://127.0.0.1:${server.port}`
    // It answers once it listens.
    const status = () => fetch(url).then((answer) => answer.status, String)
    await expect.poll(status, { timeout: 20_000 }).toBe(200)
    await expectWholePage(url)
    const answer = await fetch(`${url}/ws/negotiate?negotiateVersion=1`, { method: 'POST' })
    expect(await answer.json()).toHaveProperty('connectionToken')
  })

  test.runIf(HAS_ENGINE)('serves the echo on uWebSockets.js', async () => {
    const server = await start('uws')
    expect(await server.echo('hello')).toBe('hello')
  })

  test.skipIf(HAS_ENGINE)('says in one line how to get uWebSockets.js', async () => {
    const server = await start('uws')
    expect(await server.failure()).toMatch(
      /^error: .* npm install uNetworking\/uWebSockets\.js#v20[\d.]+\n$/,
    )
  })
})
