// Firefox's WebSocket, in a page whose origin is the one that is asked for.
import puppeteer from 'puppeteer-core'
import { converseInPage, servePage } from './page.js'
import { answerLines } from './program.js'

const server = await servePage()
const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath: process.argv[2],
  // Servers of the tests sign their own.
  acceptInsecureCerts: true,
  extraPrefsFirefox: {
    // Every page is ours, so it can have any origin, and nothing leaves this machine. WebSockets and HTTPS do not
    // use this proxy.
    'network.proxy.type': 1,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': server.address().port,
    // Pages of an origin that is no local one may connect to this machine.
    'network.lna.enabled': false,
  },
})

await answerLines((conversations) => converseInPage(browser, conversations))
await browser.close()
server.close()
server.closeAllConnections()
