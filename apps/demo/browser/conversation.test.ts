import { adapters } from '@wirebeat/test-support'
import { describe, expect, test } from 'vitest'
import { Person, startDemo } from './person.ts'
import { zoneAt } from './zone.ts'

describe.each(adapters)('a person at the page, with the adapter $name', ({ name: adapter }) => {
  test('connects, sends, receives and closes, and the log tells it', async () => {
    const { url } = await startDemo('--adapter', adapter)
    const person = await Person.at(url)
    await person.sees('Disconnected')
    expect(await person.enabled()).toEqual(['Connect', 'Send'])

    await person.connect()
    expect(await person.enabled()).toEqual(['Send', 'Close Socket'])
    await person.send('hello')
    await person.send('<b>not bold</b>')
    await expect.poll(() => person.rows()).toHaveLength(5)

    await person.press('Close Socket')
    await person.sees('Closed (1000)')
    expect(await person.enabled()).toEqual(['Connect', 'Send'])
    const ws = `${url.replace('http', 'ws')}/ws`
    await person.reads('The server says: #1 ended, cause client')
    const rows = await person.rows()
    expect(rows[0]).toBe(`Connection opened ${ws} over WebSocket`)
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
    await person.isTold('“6” is half a byte')
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

  test('is told when a page of another origin may not connect, where they have pressed', async () => {
    const { demo, url } = await startDemo('--adapter', adapter)
    const otherUrl = url.replace('127.0.0.1', 'localhost')
    const person = await Person.at(otherUrl)
    const { page } = person
    await page.getByLabel('Server URL').fill(`${url.replace('http', 'ws')}/ws`)
    await person.press('Connect')
    await person.sees('Closed (1006)')
    await person.reads(/could not connect.*this origin refused/)
    expect(await demo.line(/^refuse/)).toContain(`origin "${otherUrl}"`)
    expect(await person.enabled()).toEqual(['Connect', 'Send'])
    const button = page.getByRole('button', { name: 'Connect', exact: true })
    await expect.poll(() => button.evaluate((it) => it === document.activeElement)).toBe(true)
    // Whoever does not see it hears it twice: at the button, and as a new entry.
    const words =
      'Could not connect: the server may be down, the path wrong, or this origin refused'
    expect(await page.locator('#url-note').textContent()).toContain(words)
    expect(await button.getAttribute('aria-describedby')).toBe('url-note')
    await page.getByRole('log').filter({ hasText: 'this origin refused' }).waitFor()
  })

  test('writes lines, and sends them before there is a connection', async () => {
    const { url } = await startDemo('--adapter', adapter)
    const person = await Person.at(url)
    const { page } = person
    const json = '{\n  "name": "Ada",\n  "tags": []\n}'
    const field = page.getByRole('textbox', { name: 'Message' })
    await page.getByText('Enter connects and sends.').waitFor()
    await field.fill(json)
    const { height } = (await field.boundingBox()) ?? { height: 0 }
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('and more')
    expect(await field.inputValue()).toBe(`${json}\nand more`)
    expect((await field.boundingBox())?.height).toBeGreaterThan(height)
    await page.keyboard.press('Enter')
    await person.sees('Connected')
    await person.hasReceived(`${json}\nand more`)
    expect(await person.messages('sent').count()).toBe(1)
    await field.fill('and another')
    await person.press('Send')
    await person.hasReceived('and another')
    expect(person.complaints).toEqual([])
  })

  test('sends a message over the limit of the server only when asked again', async () => {
    const { demo, url } = await startDemo('--adapter', adapter, '--max-message-size', '1000')
    const person = await Person.at(url)
    const { page } = person
    await person.connect()
    await person.send('x'.repeat(1_000))
    await expect.poll(() => person.messages('received').count()).toBe(1)
    await person.send('€'.repeat(400))
    await person.isTold('This message has 1,200 bytes. The server takes 1,000')
    await page.keyboard.type('€')
    await page.getByRole('button', { name: 'Send', exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await person.isTold('This message has 1,203 bytes.')
    expect(await person.messages('sent').count()).toBe(1)
    await person.press('Send anyway')
    await person.sees('Closed (1009)')
    expect(await demo.line(/^close/)).toContain('message-too-big')
    await page
      .locator('#url-note')
      .filter({ hasText: 'closed the connection with code 1009' })
      .waitFor()
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isEnabled()).toBe(true)
  })
})

test('a person who wrote http:// is told, and connected', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  const { page } = person
  await page.getByLabel('Server URL').fill(`${url}/ws`)
  await page.keyboard.press('Enter')
  await person.sees('Connected')
  await page.locator('#url-note').filter({ hasText: 'begins with ws://, not http://' }).waitFor()
  expect(await page.getByLabel('Server URL').inputValue()).toBe(`${url.replace('http', 'ws')}/ws`)
})

test('what waits for a connection that does not come is said to be not sent', async () => {
  const { demo, url } = await startDemo()
  const person = await Person.at(url)
  demo.kill('SIGKILL')
  await demo.exited()
  await person.send('into the void')
  await person.isTold('Not sent: there is no connection.')
  await person.page.locator('#url-note').filter({ hasText: 'Could not connect' }).waitFor()
  expect(await person.messages('sent').count()).toBe(0)
  expect(await person.page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe(
    'into the void',
  )
})

test('the page says what it is connected by, and leads to the figures and the chat', async () => {
  const { url } = await startDemo('--metrics')
  const person = await Person.at(url)
  const { page } = person
  await person.connect()
  await page.getByText('over WebSocket', { exact: true }).waitFor()
  await page.getByText('A chat on a hub: start with --session chat').waitFor()
  await page.getByRole('link', { name: 'Live figures' }).click()
  await person.sees('Live')
  await page.getByRole('link', { name: 'Echo page' }).click()
  await person.sees('Disconnected')
  const without = await startDemo()
  await page.goto(without.url)
  await page.getByText('Live figures: start with --metrics').waitFor()
  expect(await page.getByRole('link').count()).toBe(0)
})
