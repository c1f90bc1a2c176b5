import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { refuse } from '@wirebeat/core'
import { adapters, can } from '@wirebeat/test-support'
import puppeteer, { type Browser } from 'puppeteer-core'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { serveHub } from './support/hub-server.ts'

const SCRIPT = readFileSync(
  fileURLToPath(import.meta.resolve('@microsoft/signalr/dist/browser/signalr.min.js')),
)

/** What the page calls: connects as it is told, and returns what the hub has answered. */
const PAGE = `<!doctype html><script src="/signalr.js"></script><script>
  async function talk(url, transport) {
    const client = new signalR.HubConnectionBuilder()
      .withUrl(url, { transport, accessTokenFactory: () => 'me' })
      .configureLogging(signalR.LogLevel.None)
      .build()
    await client.start()
    const answers = [await client.invoke('echo', 'hello'), await client.invoke('echo', 'é𝒳')]
    await client.stop()
    return answers
  }
</script>`

async function servePage(): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const isScript = url === '/signalr.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? SCRIPT : PAGE)
  })
  server.listen(0)
  await once(server, 'listening')
  return server
}

const TRANSPORTS = [
  ['web-sockets', 1],
  ['server-sent-events', 2],
  ['long-polling', 4],
] as const

describe.each([
  ['Chromium', 'WIREBEAT_CHROMIUM', 'chrome'],
  ['Firefox', 'WIREBEAT_FIREFOX', 'firefox'],
] as const)('%s', (name, variable, kind) => {
  const path = process.env[variable]
  if (!path) console.warn(`Left out: transports in ${name}. ${variable}, its path, is not set.`)
  const isNeeded = Boolean(path) || process.env['WIREBEAT_OUTSIDERS'] === 'required'
  let started: Promise<Browser> | undefined
  let page: Promise<Server> | undefined

  afterAll(async () => {
    await (await started)?.close()
    const server = await page
    server?.close()
    server?.closeAllConnections()
  })

  function launch(): Promise<Browser> {
    return puppeteer.launch({
      browser: kind,
      executablePath: path ?? '',
      args:
        kind === 'chrome'
          ? [
              '--no-sandbox',
              '--disable-gpu',
              '--disable-background-networking',
              '--no-proxy-server',
            ]
          : [],
      // Pages may connect to this machine.
      extraPrefsFirefox: { 'network.lna.enabled': false },
    })
  }

  const cases = adapters
    .filter((adapter) => can(adapter, 'plain-requests'))
    .flatMap((adapter) =>
      TRANSPORTS.map(([by, flag]) => ({ adapter, name: adapter.name, by, flag })),
    )

  test.runIf(isNeeded).each(cases)(
    'a page of another origin talks to a hub on $name by $by',
    { timeout: 60_000 },
    async ({ adapter, by, flag }) => {
      page ??= servePage()
      started ??= launch()
      const { port } = (await page).address() as AddressInfo
      const origin = `http://localhost:${port}`
      const server = await serveHub(
        adapter,
        {},
        {
          allowedOrigins: [origin],
          authorize: ({ headers, url }) =>
            headers.get('authorization') === 'Bearer me' || url.includes('access_token=me')
              ? 'me'
              : refuse(401),
        },
      )
      onTestFinished(() => server.close())
      const tab = await (await started).newPage()
      onTestFinished(() => tab.close())
      await tab.goto(origin)
      const answers = await tab.evaluate(`talk(${JSON.stringify(server.url)}, ${flag})`)
      expect(answers).toEqual(['hello', 'é𝒳'])
      expect(server.opened.map(({ transport }) => transport)).toEqual([by])
    },
  )
})
