import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { overlaps } from '../in-page.ts'
import { Relay } from '../relay.ts'
import { startDemo } from '../start-demo.ts'
import { Person } from './person.ts'

async function relayTo(url: string): Promise<Relay> {
  const relay = await Relay.to(url)
  onTestFinished(() => relay.close())
  return relay
}

const NARROWEST = { width: 320, height: 568 }

/** By how many pixels the page is wider than its window. */
function overflow({ page }: Person): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    return scrollWidth - clientWidth
  })
}

test('a person connects, sends text and bytes, and closes, and the log tells it', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  await person.sees('Disconnected')
  await person.connect()
  await person.send('<b>not bold</b> é𝒳')
  await person.reads(/^Server\|/)
  await person.choose('binary')
  await person.fill('#hex', '48 65 6c')
  await person.press('Send')
  await expect.poll(() => person.rows()).toHaveLength(5)
  await person.press('Close Socket')
  await person.sees('Closed (1000)')
  await person.reads(/^The server says: #1 ended, cause client/)

  expect((await person.rows()).slice(0, 6)).toEqual([
    `Connection opened ${url.replace('http', 'ws')}/ws over WebSocket`,
    'Client|Server|<b>not bold</b> é𝒳',
    'Server|Client|<b>not bold</b> é𝒳',
    expect.stringMatching(/^Client\|Server\|binary, 3 bytes.*48 65 6c.*Hel/),
    expect.stringMatching(/^Server\|Client\|binary, 3 bytes.*48 65 6c.*Hel/),
    expect.stringMatching(
      /^Closed with code 1000, normal closure reason “closed from the page”, wasClean (true|false)$/,
    ),
  ])
  expect(person.complaints).toEqual([])
  const { host } = new URL(url)
  const others = person.requests.filter((request) => new URL(request).host !== host)
  // Firefox counts the pictures that stand in a page itself.
  expect(others.filter((request) => !request.startsWith('data:'))).toEqual([])
})

test('a script that is not a file of the page does not run, and Firefox says so', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  await person.page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'document.title = "it has run"'
    document.body.append(script)
  })
  await expect
    .poll(() => person.complaints)
    .toEqual([expect.stringMatching(/Content-Security-Policy.*script-src 'self'/)])
  expect(await person.page.title()).not.toBe('it has run')
})

test('all of it is done by keyboard, and the focus is never lost', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  const { keyboard } = person.page
  await person.page.focus('#url')
  await keyboard.press('Enter')
  await person.sees('Connected')
  expect(await person.focused()).toBe('message')
  await keyboard.type('two')
  await keyboard.down('Shift')
  await keyboard.press('Enter')
  await keyboard.up('Shift')
  await keyboard.type('lines')
  await keyboard.press('Enter')
  await person.reads(/^Server\|Client\|two\nlines$/)
  // From the message over Send to Close Socket.
  await keyboard.press('Tab')
  await keyboard.press('Tab')
  expect(await person.focused()).toBe('close')
  await keyboard.press('Enter')
  await person.sees('Closed (1000)')
  await expect.poll(() => person.focused()).toBe('connect')
})

test('the close of the server is told with its code and its cause', async () => {
  const { url } = await startDemo('--max-message-size', '1000')
  const person = await Person.at(url)
  await person.connect()
  await person.send('x'.repeat(1_001))
  await person.press('Send anyway')
  await person.sees('Closed (1009)')
  await person.reads(/^Closed with code 1009, message too big .*, wasClean (true|false)$/)
  await person.reads(/^The server says: #1 ended, cause message-too-big/)
  expect(await person.texts('#url-note')).toEqual([
    'The server closed the connection with code 1009, message too big.',
  ])
})

test('the reason that another server gives for its close is told', async () => {
  const { url } = await startDemo()
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  await once(server, 'listening')
  server.on('connection', (socket) => socket.close(4_001, 'enough é𝒳'))
  const { port } = server.address() as AddressInfo
  const person = await Person.at(url)
  await person.fill('#url', `ws://127.0.0.1:${port}/`)
  await person.press('Connect')
  await person.reads(
    /^Closed with code 4001, a code of the application’s own reason “enough é𝒳”, wasClean true$/,
  )
})

test('a server that is killed and started again finds the page connected again', async () => {
  const { demo, url } = await startDemo()
  const relay = await relayTo(url)
  const person = await Person.at(relay.url)
  await person.connect()
  demo.kill('SIGKILL')
  await person.reads(/^Closed with code 1006, lost without a close frame/)
  const next = await startDemo()
  relay.target = Number(new URL(next.url).port)
  await person.sees('Connected')
  await person.reads(/^Connection opened again.* after the loss$/)
  await person.send('still there?')
  await person.reads(/^Server\|Client\|still there\?$/)
})

test('a person whose server shuts down is told, and tries another one without waiting', async () => {
  const { demo, url } = await startDemo()
  const relay = await relayTo(url)
  const person = await Person.at(relay.url)
  // It makes of the delay of a second one of an hour, so that no attempt is made by itself.
  await person.page.evaluate(() => {
    Math.random = () => 3_600
  })
  await person.connect()
  demo.kill('SIGTERM')
  await person.reads(/^Closed with code 1001, going away/)
  await person.sees('Reconnecting')
  const next = await startDemo()
  relay.target = Number(new URL(next.url).port)
  await person.press('Retry now')
  await person.sees('Connected')
})

test('an address that is wrong is told in words, and leads back to the field or the button', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  await person.fill('#url', '<b>nowhere</b>')
  await person.press('Connect')
  await expect.poll(() => person.focused()).toBe('url')
  expect(await person.texts('#url-note')).toEqual(['Not an address such as ws://host/path'])

  const nowhere = `${url.replace('http', 'ws')}/nowhere`
  await person.fill('#url', nowhere)
  await person.press('Connect')
  await person.sees('Closed (1006)')
  await expect.poll(() => person.focused()).toBe('connect')
  expect(await person.texts('#url-note')).toEqual([
    expect.stringMatching(/^Could not connect: the server may be down, the path wrong/),
  ])
  await expect
    .poll(() => person.rows())
    .toEqual([
      'Error: Not an address such as ws://host/path no connection was tried',
      expect.stringContaining(`Error: could not connect ${nowhere}: the server may be down`),
      'Closed with code 1006, never opened no reason given, wasClean false',
    ])
})

test('a reader of a long log goes through it by keyboard, and stays where they are', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  const { page } = person
  const fromStart = () => page.$eval('#log', (log) => log.scrollTop)
  const fromEnd = () =>
    page.$eval('#log', (log) => log.scrollHeight - log.clientHeight - log.scrollTop)
  await person.connect()
  await person.choose('burst')
  await person.fill('#burst-count', '1000')
  await page.keyboard.press('Enter')
  await expect.poll(() => person.texts('#log-summary')).toEqual(['2,001 entries'])
  await expect.poll(fromEnd).toBeLessThan(2)

  await page.focus('#log')
  await page.keyboard.press('Home')
  await expect.poll(fromStart).toBeLessThan(50)
  await page.keyboard.press('End')
  await expect.poll(fromEnd).toBeLessThan(2)
  await page.keyboard.press('PageUp')
  await expect.poll(fromEnd).toBeGreaterThan(100)
  await person.fill('#burst-count', '100')
  await page.keyboard.press('Enter')
  await expect.poll(() => person.texts('#log-summary')).toEqual(['2,201 entries'])
  expect(await fromEnd()).toBeGreaterThan(1_000)
  expect(person.complaints).toEqual([])
})

test('the log is filtered, and Copy takes what is shown', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  const { page } = person
  await person.connect()
  await person.choose('burst')
  await person.fill('#burst-count', '12')
  await page.keyboard.press('Enter')
  await person.reads(/^Server\|Client\|message 12$/)
  await person.fill('#log-filter', 'MESSAGE 11')
  const shown = ['Client|Server|message 11', 'Server|Client|message 11']
  await expect.poll(() => person.rows()).toEqual(shown)
  await person.press('Copy')

  await person.choose('text')
  // What is pasted takes the place of what was pasted before.
  const pasted = async () => {
    await page.$eval('#message', (field) => (field as HTMLTextAreaElement).select())
    await page.keyboard.down('Control')
    await page.keyboard.press('v')
    await page.keyboard.up('Control')
    const text = await page.$eval('#message', (field) => (field as HTMLTextAreaElement).value)
    return text.split('\n').map((line) => line.split('\t').slice(1).join('|'))
  }
  await expect.poll(async () => (await pasted()).slice(0, 3)).toEqual(['From|To|Data', ...shown])
  expect(person.complaints).toEqual([])
})

test('the page of figures counts what goes on', async () => {
  const { url } = await startDemo('--metrics')
  const person = await Person.at(url)
  await person.connect()
  await person.send('hello')
  await person.reads(/^Server\|Client\|hello$/)
  const reader = await Person.at(`${url}/stats`)
  await reader.sees('Live')
  await expect.poll(() => reader.texts('[data-figure="open"]')).toEqual(['1'])
  await expect.poll(() => reader.texts('[data-figure="sent-messages"]')).toEqual(['1'])
  await reader.press('Pause')
  await reader.sees('Paused')
  expect(reader.complaints).toEqual([])
})

test('two people talk in the chat, and one leaves', async () => {
  const { url } = await startDemo('--session', 'chat')
  const join = async (name: string): Promise<Person> => {
    const person = await Person.at(url)
    await person.fill('#name', name)
    await person.page.keyboard.press('Enter')
    await person.sees('Connected over WebSockets')
    return person
  }
  const [ada, bob] = [await join('Ada'), await join('Bob')]
  await expect.poll(() => ada.texts('#people li')).toEqual(['Ada #1 you', 'Bob #2'])
  await bob.send('<b>hello</b>')
  await expect.poll(() => ada.texts('#messages .text')).toEqual(['<b>hello</b>'])
  await bob.press('Leave')
  await bob.sees('Disconnected')
  await expect.poll(() => ada.texts('#people li')).toEqual(['Ada #1 you'])
  for (const { complaints } of [ada, bob]) expect(complaints).toEqual([])
})

test('on the narrowest screen nothing of the echo sticks out, overlaps or needs scrolling', async () => {
  const { url } = await startDemo('--metrics')
  const person = await Person.at(url, NARROWEST)
  const { page } = person
  await person.connect()
  await person.send('hello')
  await person.reads(/^Server\|Client\|hello$/)
  const bottom = await page.$eval(
    'tbody tr:last-child',
    (row) => row.getBoundingClientRect().bottom,
  )
  expect(bottom).toBeLessThanOrEqual(NARROWEST.height)
  expect(await page.evaluate(() => scrollY)).toBe(0)
  await person.send('without-a-space'.repeat(30))
  await person.reads(/^Server\|Client\|without/)
  await page.click('#line summary')
  for (const kind of ['text', 'binary', 'file', 'burst'] as const) {
    await person.choose(kind)
    expect(await page.evaluate(overlaps), kind).toEqual([])
    expect(await overflow(person), kind).toBe(0)
  }
})

test.each([
  ['the chat', ['--session', 'chat'], '/'],
  ['the figures', ['--metrics'], '/stats'],
])('on the narrowest screen nothing of %s sticks out', async (_, flags, path) => {
  const { url } = await startDemo(...flags)
  expect(await overflow(await Person.at(url + path, NARROWEST))).toBe(0)
})
