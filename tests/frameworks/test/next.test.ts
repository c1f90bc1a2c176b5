import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, Program, refusal } from '@wirebeat/test-support/programs'
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest'
import { WebSocket } from 'ws'

/** The folder of an installed Next.js, which is ten times as large as all other frameworks together. */
const installed = process.env['WIREBEAT_NEXT']
if (!installed) {
  console.warn(
    'Left out: Next.js. WIREBEAT_NEXT, a folder with next, react and react-dom, is not set.',
  )
}

const PAGE = `export default function Page() { return 'A page over HTTP.' }`
const LAYOUT = `export default function Layout({ children }) {
  return <html><body>{children}</body></html>
}`

/** An application of Next.js with one page, and the recipe as its server. */
async function application(folder: string): Promise<string> {
  const root = await mkdtemp(join(folder, 'application-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  await mkdir(join(root, 'app'))
  await writeFile(join(root, 'package.json'), '{ "type": "module" }')
  // Where its modules are: it looks for a lockfile, and there need not be one.
  const config = { turbopack: { root: folder } }
  await writeFile(join(root, 'next.config.js'), `export default ${JSON.stringify(config)}`)
  await writeFile(join(root, 'app/page.js'), PAGE)
  await writeFile(join(root, 'app/layout.js'), LAYOUT)
  await mkdir(join(root, 'node_modules/@wirebeat'), { recursive: true })
  for (const name of ['adapter-ws', 'core']) {
    const target = fileURLToPath(new URL(`../node_modules/@wirebeat/${name}`, import.meta.url))
    await symlink(target, join(root, 'node_modules/@wirebeat', name))
  }
  await cp(new URL('../dist/next.js', import.meta.url), join(root, 'server.js'))
  return root
}

describe.skipIf(!installed || process.platform === 'win32')('the recipe for Next.js', () => {
  test('serves its pages, reloads them, and echoes beside them', async (context: TestContext) => {
    const root = await application(installed ?? '')
    const env = { NODE_ENV: 'development', NEXT_TELEMETRY_DISABLED: '1' }
    const program = new Program(context, join(root, 'server.js'), env, root)
    let port = Number.NaN
    // Next.js writes lines of its own.
    while (Number.isNaN(port)) port = await program.port()

    const early = await Client.open(port, '/ws')
    const page = await fetch(`http://localhost:${port}/`)
    expect(await page.text()).toContain('A page over HTTP.')
    const client = await Client.open(port, '/ws')
    expect([await early.ask('1'), await client.ask('2')]).toEqual(['1', '2'])
    expect((await fetch(`http://localhost:${port}/ws`)).status).toBe(426)
    expect(await refusal(port, '/ws', { origin: 'https://other.example' })).toBe(403)

    const reloading = new WebSocket(`ws://localhost:${port}/_next/hmr?id=a`)
    await expect.poll(() => reloading.readyState, { timeout: 20_000 }).toBe(WebSocket.OPEN)
    reloading.terminate()
    expect(await program.stop()).toBe(0)
    expect(await client.closed).toBe(1001)
  })
})
