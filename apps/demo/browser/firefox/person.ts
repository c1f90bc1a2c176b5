import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { rowTexts, texts } from '../in-page.ts'

/** Milliseconds in which Firefox starts and ends, also on a machine that is busy. */
const PATIENCE = 60_000

let browser: Browser | undefined
const contexts: BrowserContext[] = []

beforeAll(async () => {
  const executablePath = process.env['WIREBEAT_FIREFOX']
  if (!executablePath) throw new Error('WIREBEAT_FIREFOX, the path of a Firefox, is not set')
  browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    timeout: PATIENCE,
    extraPrefsFirefox: { 'network.proxy.type': 0, 'ui.prefersReducedMotion': 1 },
  })
}, PATIENCE)

afterAll(() => browser?.close(), PATIENCE)

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
})

/**
 * A person in front of the page in Firefox. It waits outside of the page, because the timers of a tab behind another one
 * are slow.
 */
export class Person {
  readonly page: Page
  /** Errors of scripts, and what the content security policy refused: Firefox tells both alike. */
  readonly complaints: string[] = []
  /** Every URL that the page asked for. */
  readonly requests: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('request', (request) => this.requests.push(request.url()))
  }

  static async at(url: string, { width = 1280, height = 900 } = {}): Promise<Person> {
    if (browser === undefined) throw new Error('There is no browser')
    const context = await browser.createBrowserContext()
    contexts.push(context)
    const person = new Person(await context.newPage())
    await person.page.setViewport({ width, height })
    await person.page.goto(url)
    return person
  }

  /** Presses a button, once it can be pressed. */
  async press(name: string): Promise<void> {
    await expect.poll(() => this.texts('button:enabled')).toContain(name)
    await this.page.click(`::-p-xpath(//button[normalize-space()="${name}"])`)
  }

  async connect(): Promise<void> {
    await this.press('Connect')
    await this.sees('Connected')
  }

  /** Chooses what to send. */
  choose(kind: 'text' | 'binary' | 'file' | 'burst'): Promise<void> {
    return this.page.click(`label:has(#kind-${kind})`)
  }

  fill(selector: string, text: string): Promise<void> {
    return this.page.locator(selector).fill(text)
  }

  /** Types a message and sends it by Enter. */
  async send(text: string): Promise<void> {
    await this.fill('#message', text)
    await this.page.keyboard.press('Enter')
  }

  /** The words of all elements of a selector. */
  texts(selector: string): Promise<string[]> {
    return this.page.$$eval(selector, texts)
  }

  /** The rows of the log, without their times. */
  rows(): Promise<string[]> {
    return this.page.$$eval('tbody tr', rowTexts)
  }

  /** Waits until the status in the corner is this. */
  async sees(status: string): Promise<void> {
    await expect.poll(() => this.texts('#status')).toEqual([status])
  }

  /** Waits for a row of the log. */
  async reads(row: RegExp): Promise<void> {
    await expect.poll(() => this.rows()).toContainEqual(expect.stringMatching(row))
  }

  /** Which element has the focus. */
  focused(): Promise<string | undefined> {
    return this.page.evaluate(() => document.activeElement?.id)
  }
}
