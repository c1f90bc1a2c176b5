import {
  type Browser,
  type BrowserContext,
  type CDPSession,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { rowTexts, texts } from './in-page.ts'

export { startDemo } from './start-demo.ts'

/** Milliseconds within which the page shows what it has to show, also on a machine that is busy. */
const PATIENCE = 15_000

let browser: Browser | undefined
const contexts: BrowserContext[] = []

beforeAll(async () => {
  const executablePath = process.env['WIREBEAT_CHROMIUM']
  if (!executablePath) throw new Error('WIREBEAT_CHROMIUM, the path of a Chromium, is not set')
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--no-proxy-server',
    ],
  })
})

afterAll(() => browser?.close())

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
})

/** A person in front of the page. */
export class Person {
  readonly page: Page
  /** Errors of scripts, and what the content security policy refused. */
  readonly complaints: string[] = []
  /** Every URL that the page asked for. */
  readonly requests: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.setDefaultTimeout(PATIENCE)
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.complaints.push(message.text())
    })
    page.on('request', (request) => this.requests.push(request.url()))
    page.on('websocket', (socket) => this.requests.push(socket.url()))
  }

  static async at(
    url: string,
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<Person> {
    if (browser === undefined) throw new Error('There is no browser')
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
    contexts.push(context)
    const person = new Person(await context.newPage())
    await person.page.goto(url)
    return person
  }

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).click()
  }

  async connect(): Promise<void> {
    await this.press('Connect')
    await this.sees('Connected')
  }

  /** Chooses what to send. */
  choose(kind: 'Text' | 'Binary' | 'File' | 'Burst'): Promise<void> {
    return this.page.locator('.kinds').getByText(kind).click()
  }

  /** Types a message and sends it by Enter. */
  async send(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Message' }).fill(text)
    await this.page.keyboard.press('Enter')
  }

  /** Waits until the line beneath the message says this, and until it is read aloud. */
  async isTold(words: string): Promise<void> {
    await this.page.locator('#message-note').filter({ hasText: words }).waitFor()
    await this.page.locator('#log-announcer p').filter({ hasText: words }).first().waitFor()
  }

  /** Opens the fold with the heartbeat, the round trips and the network. */
  async unfold(): Promise<void> {
    const fold = this.page.locator('#line')
    // Where there is room it stands open.
    if ((await fold.getAttribute('open')) === null) await fold.locator('summary').click()
  }

  /** Pretends that the network is gone, or that it is back. */
  switchNetwork(): Promise<void> {
    return this.page.getByRole('switch').click()
  }

  /** Waits until the status in the corner begins so: "Disconnected" is not "Connected". */
  async sees(status: string): Promise<void> {
    const hasText = new RegExp(`^${literally(status)}`)
    await this.page.getByRole('status').filter({ hasText }).waitFor()
  }

  /** Waits for a cell of the log that has this in its own text, without the cells and the time beside it. */
  async reads(text: string | RegExp): Promise<void> {
    await this.page.locator('tbody td:not(.time)').filter({ hasText: text }).first().waitFor()
  }

  /** Waits until the log has one message that was sent, and is this text. */
  async hasSent(text: string): Promise<void> {
    await this.messages('sent')
      .filter({ hasText: only(text) })
      .waitFor()
  }

  /** Waits until the log has one message that came, and is this text. */
  async hasReceived(text: string): Promise<void> {
    await this.messages('received')
      .filter({ hasText: only(text) })
      .waitFor()
  }

  /** The cells of the log that show messages. */
  messages(kind: 'sent' | 'received'): Locator {
    return this.page.locator(`tbody [data-kind="${kind}"] td.data`)
  }

  /** The rows of the log, without their times. */
  rows(): Promise<string[]> {
    return this.page.locator('tbody tr').evaluateAll(rowTexts)
  }

  /** Which buttons can be pressed. */
  enabled(): Promise<string[]> {
    return this.page.locator('.forms button:enabled').evaluateAll(texts)
  }

  devtools(): Promise<CDPSession> {
    return this.page.context().newCDPSession(this.page)
  }
}

function only(text: string): RegExp {
  return new RegExp(`^${literally(text)}$`)
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
