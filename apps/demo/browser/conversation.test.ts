import { adapters } from '@wirebeat/test-support'
import { describe, expect, test } from 'vitest'
import { Person, startDemo } from './person.ts'
import { zoneAt } from './zone.ts'

describe.each(adapters)('a person at the page, with the adapter $name', ({ name: adapter }) => {
  test('connects, sends, receives and closes, and the log tells it', async () => {
    const { url } = await startDemo('--adapter', adapter)
    const person = await Person.at(url)
    await person.sees('Disconnected')
    expect(await person.enabled()).toEqual(['Connect'])

    await person.connect()
    expect(await person.enabled()).toEqual(['Send', 'Close Socket'])
    await person.send('hello')
    await person.send('<b>not bold</b>')
    await expect.poll(() => person.rows()).toHaveLength(5)

    await person.press('Close Socket')
    await person.sees('Closed (1000)')
    expect(await person.enabled()).toEqual(['Connect'])
    const ws = `${url.replace('http', 'ws')}/ws`
    await person.reads('The server says: #1 ended, cause client')
    const rows = await person.rows()
    expect(rows[0]).toBe(`Connection opened ${ws}`)
    expect([...rows.slice(1, 5)].sort()).toEqual(
      ['Client|Server|hello', 'Client|Server|<b>not bold</b>']
        .concat(['Server|Client|hello', 'Server|Client|<b>not bold</b>'])
        .sort(),
    )
    expect(rows[5]).toMatch(
      /^Closed with code 1000, normal closure reason “closed from the page”, wasClean (true|false)$/,
    )
    expect(person.complaints).toEqual([])
    const { host } = new URL(url)
    expect(person.requests.filter((request) => new URL(request).host !== host)).toEqual([])
  })

  test('does all of it by keyboard, and the focus is never lost', async () => {
    const { url } = await startDemo('--adapter', adapter)
    const person = await Person.at(url)
    const { page } = person
    const focused = () => page.evaluate(() => document.activeElement?.id)
    await page.getByLabel('Server URL').focus()
    await page.keyboard.press('Enter')
    await person.sees('Connected')
    expect(await focused()).toBe('message')
    await page.keyboard.type('by hand')
    await page.keyboard.press('Enter')
    await page.locator('[data-kind="received"]').waitFor()
    // From the message over Send to Close Socket.
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('close')
    await page.keyboard.press('Enter')
    await person.sees('Closed (1000)')
    await expect.poll(focused).toBe('connect')
    expect(person.complaints).toEqual([])
  })

  // The time stands beside each message, so that what is found must not depend on how it begins.
  test.each([7, 20])('sends bytes, a file and a burst at %s o’clock', async (hour) => {
    const { url } = await startDemo('--adapter', adapter)
    const person = await Person.at(url, { timezoneId: zoneAt(hour) })
    const { page } = person
    const received = person.messages('received')
    await person.connect()
    const time = page.locator('tbody time').first()
    expect(await time.textContent()).toMatch(hour < 10 ? /^0\d:/ : /^[12]\d:/)

    await person.choose('Binary')
    await page.getByLabel('Message in hex').fill('48 65 6')
    await page.keyboard.press('Enter')
    await page.getByText('“6” is half a byte').waitFor()
    await page.getByLabel('Message in hex').fill('48 65 6c')
    await page.keyboard.press('Enter')
    await received.filter({ hasText: 'binary, 3 bytes' }).filter({ hasText: '48 65 6c' }).waitFor()

    await person.choose('File')
    await page
      .getByLabel('File', { exact: true })
      .last()
      .setInputFiles({
        name: 'a.bin',
        mimeType: 'application/octet-stream',
        buffer: Buffer.alloc(1000, 1),
      })
    await person.press('Send')
    await received.filter({ hasText: '1,000 bytes in all, the first 64 shown' }).waitFor()

    await person.choose('Burst')
    await page.getByLabel('How many').fill('20')
    await page.keyboard.press('Enter')
    await expect.poll(() => received.count()).toBe(22)
    await person.hasReceived('message 20')
    expect(person.complaints).toEqual([])
  })

  test('is told when a page of another origin may not connect', async () => {
    const { demo, url } = await startDemo('--adapter', adapter)
    const otherUrl = url.replace('127.0.0.1', 'localhost')
    const person = await Person.at(otherUrl)
    await person.page.getByLabel('Server URL').fill(`${url.replace('http', 'ws')}/ws`)
    await person.press('Connect')
    await person.sees('Closed (1006)')
    await person.reads(/could not connect.*this origin refused/)
    expect(await demo.line(/^refuse/)).toContain(`origin "${otherUrl}"`)
    expect(await person.enabled()).toEqual(['Connect'])
  })
})
