// The client in a browser: in a page, in a worker, or in a page with a version of React.
// Arguments: chromium or firefox, its program, and play, playInWorker or playReact.
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import puppeteer from 'puppeteer-core'
import { answerLines } from '../program.js'

const [, , name, executablePath, play, reactSuffix = ''] = process.argv

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    alias: { react: `react${reactSuffix}`, 'react-dom': `react-dom${reactSuffix}` },
    // StrictMode mounts components twice in development alone.
    define: { 'process.env.NODE_ENV': '"development"' },
    bundle: true,
    format: 'esm',
    write: false,
  })
  return outputFiles[0].contents
}

const script = await bundle(play === 'playReact' ? 'react.js' : 'page.js')
const server = createServer(({ url }, response) => {
  const isScript = url === '/page.js'
  response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' })
  response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

const browser =
  name === 'chromium'
    ? await chromium.launch({ executablePath, args: ['--no-sandbox', '--no-proxy-server'] })
    : await puppeteer.launch({ browser: name, executablePath })

await answerLines(async (scenario, url) => {
  const page = await browser.newPage()
  try {
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    return await page.evaluate(([how, ...args]) => globalThis[how](...args), [play, scenario, url])
  } finally {
    await page.close()
  }
})
await browser.close()
server.close()
server.closeAllConnections()
