// Chromium's WebSocket, in a page whose origin is the one that is asked for.
import { chromium } from 'playwright-core'
import { converseInPage, servePage } from './page.js'
import { answerLines } from './program.js'

const server = await servePage()
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

await answerLines((conversations) => converseInPage(browser, conversations))
await browser.close()
server.close()
server.closeAllConnections()
