import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright-core'
import puppeteer from 'puppeteer-core'

/** Browsers, and the environment variables with the paths of their programs. */
export const BROWSERS = [
  { name: 'Chromium', variable: 'WIREBEAT_CHROMIUM', launch: launchChromium },
  { name: 'Firefox', variable: 'WIREBEAT_FIREFOX', launch: launchFirefox },
] as const

/** A page, as Playwright and Puppeteer both have it. */
export interface Page {
  goto(url: string): Promise<unknown>
  exposeFunction(name: string, called: () => void): Promise<unknown>
  evaluate<Argument, Result>(
    run: (argument: Argument) => Result,
    argument: Argument,
  ): Promise<Awaited<Result>>
  close(): Promise<void>
}

export interface Browser {
  newPage(): Promise<Page>
  close(): Promise<void>
}

async function launchChromium(executablePath: string): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--no-proxy-server']
  // Both have more than is used of them.
  return (await chromium.launch({ executablePath, args })) as unknown as Browser
}

async function launchFirefox(executablePath: string): Promise<Browser> {
  return (await puppeteer.launch({ browser: 'firefox', executablePath })) as unknown as Browser
}

const load = createRequire(import.meta.url)
const scriptOf = (name: string, file: string): string =>
  join(dirname(load.resolve(`${name}/package.json`)), 'dist/browser', file)

const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ['/signalr.js', scriptOf('@microsoft/signalr', 'signalr.js')],
  ['/msgpack.js', scriptOf('@microsoft/signalr-protocol-msgpack', 'signalr-protocol-msgpack.js')],
  ['/page.js', join(import.meta.dirname, '../browser/page.js')],
])
const PAGE = `<!doctype html><title>The official client</title>${[...SCRIPTS.keys()]
  .map((path) => `<script src="${path}"></script>`)
  .join('')}`

/** Serves a page that has the official client. Its origin is another than that of any hub. */
export async function servePage(): Promise<{ readonly url: string; close(): void }> {
  const server: Server = createServer(async ({ url = '' }, response) => {
    const script = SCRIPTS.get(url)
    response.setHeader(
      'Content-Type',
      `text/${script === undefined ? 'html' : 'javascript'}; charset=utf-8`,
    )
    response.end(script === undefined ? PAGE : await readFile(script))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The page has no port.')
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Whether a program that is missing is a failure. */
export const isRequired = process.env['WIREBEAT_OUTSIDERS'] === 'required'
