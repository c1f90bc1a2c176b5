import { expect, test } from 'vitest'
import { Person, startDemo } from './person.ts'

/** Milliseconds. Bounded for a machine that is busy; see the line that the test writes. */
const QUICK = 3_000

async function timed(action: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await action()
  return Math.round(performance.now() - startedAt)
}

test('with 10,000 entries a message, the filter, scrolling and Clear are still quick', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  const { page } = person
  await person.connect()
  await person.choose('Burst')
  await page.getByLabel('How many').fill('6000')
  const rows = page.locator('tbody tr')
  const drawn = () => expect.poll(() => rows.count(), { interval: 20 }).toBeGreaterThan(9_999)
  const summary = (text: RegExp) => page.locator('#log-summary').filter({ hasText: text }).waitFor()
  const filled = await timed(async () => {
    await page.keyboard.press('Enter')
    // The opening, 6,000 that were sent and 6,000 that came back: all of them are there, and drawn.
    await summary(/^10,0\d\d entries, 2,000 older ones dropped$/)
    await drawn()
  })
  const log = page.getByRole('region', { name: 'Communication Log' })
  const isAtEnd = () => log.evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop < 2)
  await expect.poll(isAtEnd).toBe(true)

  await person.choose('Text')
  const message = await timed(async () => {
    await person.send('one more')
    await person.hasReceived('one more')
  })
  const filter = await timed(async () => {
    await page.getByLabel('Filter the log by text').fill('message 5999')
    await summary(/^2 of 10,0\d\d entries/)
  })
  const unfilter = await timed(async () => {
    await page.getByLabel('Filter the log by text').fill('')
    await summary(/^10,0\d\d entries/)
    await rows.nth(49).waitFor()
  })
  const unfilterDrawn = await timed(drawn)
  const scroll = await timed(async () => {
    await log.focus()
    await page.keyboard.press('Home')
    // A block that comes into sight may be a little taller than was thought.
    const top = () => log.evaluate((e) => e.scrollTop)
    await expect.poll(top, { timeout: QUICK }).toBeLessThan(50)
  })
  const clear = await timed(async () => {
    await person.press('Clear')
    await page.getByText('No entries', { exact: true }).waitFor()
  })
  console.log(JSON.stringify({ filled, message, filter, unfilter, unfilterDrawn, scroll, clear }))
  for (const time of [message, filter, unfilter, scroll, clear]) expect(time).toBeLessThan(QUICK)
  expect(person.complaints).toEqual([])
})

test('entries that are not shown do not change how many of the others are kept', async () => {
  const { url } = await startDemo('--keep-alive-interval', '1s')
  const person = await Person.at(url)
  const { page } = person
  await page.getByLabel('Heartbeats').check()
  await person.connect()
  // A few that the filter leaves out, so that the others do not begin where a block does.
  await person.reads(/Heartbeat answered after/)
  await page.getByLabel('Heartbeats').uncheck()
  await person.choose('Burst')
  await page.getByLabel('How many').fill('5300')
  await page.keyboard.press('Enter')
  const summary = page.locator('#log-summary')
  await summary.filter({ hasText: /^[\d,]+ of 10,0\d\d entries, \d00 older ones/ }).waitFor()
  const [shown, kept] = ((await summary.textContent()) ?? '').match(/[\d,]+/g) ?? []
  const number = (text = '') => Number(text.replace(',', ''))
  expect(number(shown)).toBeLessThan(number(kept))
})

test('a reader who scrolled up stays there, and one at the end is taken along', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  const { page } = person
  await person.connect()
  await person.choose('Burst')
  const log = page.getByRole('region', { name: 'Communication Log' })
  const fromEnd = () => log.evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop)
  const top = () => log.evaluate((e) => e.scrollTop)
  await person.press('Send')
  await page.getByText('201 entries').waitFor()
  await expect.poll(fromEnd).toBeLessThan(2)

  await log.focus()
  await page.keyboard.press('PageUp')
  await expect.poll(fromEnd).toBeGreaterThan(100)
  await person.press('Send')
  await page.getByText('401 entries').waitFor()
  expect(await fromEnd()).toBeGreaterThan(1_000)
  await log.focus()
  await page.keyboard.press('Home')
  expect(await top()).toBe(0)
  await person.press('Send')
  await page.getByText('601 entries').waitFor()
  expect(await top()).toBeLessThan(50)
  await log.focus()
  await page.keyboard.press('End')
  await expect.poll(fromEnd).toBeLessThan(2)
  await person.press('Send')
  await page.getByText('801 entries').waitFor()
  await expect.poll(fromEnd).toBeLessThan(2)
})

test('End stays at the end when the log turns out taller than was thought', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  const { page } = person
  await person.connect()
  await person.choose('Burst')
  await person.press('Send')
  await page.getByText('201 entries').waitFor()
  const log = page.getByRole('region', { name: 'Communication Log' })
  await log.focus()
  await page.keyboard.press('Home')
  await expect.poll(() => log.evaluate((e) => e.scrollTop)).toBe(0)
  // Before the browser has told the page where the key has led.
  await log.evaluate((e) => {
    e.addEventListener('keydown', () =>
      queueMicrotask(() => e.style.setProperty('padding-block-end', '40px')),
    )
  })
  await page.keyboard.press('End')
  await expect
    .poll(() => log.evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop))
    .toBeLessThan(2)
})

test('Copy takes what is shown, and heartbeats are shown when asked for', async () => {
  const { url } = await startDemo('--keep-alive-interval', '1s')
  const person = await Person.at(url, { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page } = person
  await person.connect()
  await person.send('to be copied')
  await person.hasReceived('to be copied')
  await page.getByLabel('Heartbeats').check()
  await person.reads(/Heartbeat answered after/)
  await page.getByLabel('Heartbeats').uncheck()
  await page.getByLabel('Connection', { exact: true }).uncheck()
  await expect.poll(() => person.rows()).toHaveLength(2)
  await person.press('Copy')
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  const lines = (await page.evaluate(() => navigator.clipboard.readText())).trim().split(/\r?\n/)
  expect(lines.map((line) => line.split('\t').slice(1).join('|'))).toEqual([
    'From|To|Data',
    'Client|Server|to be copied',
    'Server|Client|to be copied',
  ])
})
