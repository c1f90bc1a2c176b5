// Chromium's WebSocket, in a page whose origin is the one that is asked for.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { chromium } from 'playwright-core'
import { answerLines } from './program.js'

const PAGE = `<!doctype html>
<title>A page that opens WebSockets</title>
<script type="module">
  import { converse } from '/web-api.js'
  window.converse = async (conversation) => {
    const { url, protocols } = conversation
    // For a WebSocket the browser uses HTTP/2 only where it has a session with the server already.
    if (url.startsWith('wss:')) {
      await fetch(new URL('/', url.replace('wss:', 'https:')), { mode: 'no-cors', credentials: 'include' })
    }
    return converse(conversation, () => new WebSocket(url, protocols))
  }
</script>`

const script = await readFile(new URL('web-api.js', import.meta.url))
const server = createServer(({ url }, response) => {
  const isScript = url === '/web-api.js'
  const type = isScript ? 'text/javascript' : 'text/html'
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` })
  response.end(isScript ? script : PAGE)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-quic',
    '--no-proxy-server',
    // Servers of the tests sign their own.
    '--ignore-certificate-errors',
    // Every name is ours, so a page can have any origin, and nothing leaves this machine.
    `--host-resolver-rules=MAP * 127.0.0.1:${server.address().port}, EXCLUDE 127.0.0.1`,
  ],
})

await answerLines(async (conversation) => {
  const page = await browser.newPage()
  try {
    await page.goto(`${conversation.origin ?? 'http://page.example'}/`)
    return await page.evaluate((given) => window.converse(given), conversation)
  } finally {
    await page.close()
  }
})
await browser.close()
server.close()
server.closeAllConnections()
