// A page that opens WebSockets, for browsers. It can have any origin of HTTP.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

const PAGE = `<!doctype html>
<title>A page that opens WebSockets</title>
<script type="module">
  import { converse } from '/web-api.js'
  window.converse = async (conversations) => {
    const [{ url }] = conversations
    // For a WebSocket browsers use HTTP/2 only where they have a session with the server already.
    if (url.startsWith('wss:')) {
      await fetch(new URL('/', url.replace('wss:', 'https:')), { mode: 'no-cors', credentials: 'include' })
    }
    return Promise.all(
      conversations.map((one) => converse(one, () => new WebSocket(one.url, one.protocols))),
    )
  }
</script>`

/** Serves the page at every path, on a port of 127.0.0.1 that is told. Also as a proxy does, for every host. */
export async function servePage() {
  const script = await readFile(new URL('web-api.js', import.meta.url))
  const server = createServer(({ url }, response) => {
    const isScript = new URL(url, 'http://page.example').pathname === '/web-api.js'
    const type = isScript ? 'text/javascript' : 'text/html'
    response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` })
    response.end(isScript ? script : PAGE)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** Has conversations in a new page of a browser of Playwright or Puppeteer, which are alike in this. */
export async function converseInPage(browser, conversations) {
  const [{ origin }] = conversations
  const page = await browser.newPage()
  try {
    await page.goto(`${origin ?? 'http://page.example'}/`)
    return await page.evaluate((given) => window.converse(given), conversations)
  } finally {
    await page.close()
  }
}
