import { on, once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { adapters } from '../test/adapters.ts'
import { axeFaults } from './axe.ts'
import { Person, startDemo } from './person.ts'
import { Relay } from './relay.ts'

const relays: Relay[] = []
afterEach(() => {
  for (const relay of relays.splice(0)) relay.close()
})

/** Opens the chat in a window of its own, and joins a room. */
async function join(url: string, name: string, room = 'lobby'): Promise<Person> {
  const person = await Person.at(url)
  await fillIn(person, name, room)
  await person.page.keyboard.press('Enter')
  await person.sees('Connected over ')
  return person
}

async function fillIn({ page }: Person, name: string, room: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('Room', { exact: true }).fill(room)
}

function people({ page }: Person): Promise<string[]> {
  return page.locator('#people li').allTextContents()
}

/** What was said, without who and when. */
function said({ page }: Person): Promise<string[]> {
  return page.locator('#messages .text').allTextContents()
}

/** Waits until the log has this line. */
async function reads({ page }: Person, line: string | RegExp): Promise<void> {
  await page.locator('#messages .line-text').filter({ hasText: line }).first().waitFor()
}

/** Joins a room without a page: the handshake of the hub, and one call. */
async function joinByHand(url: string, room: string): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { origin: url })
  await once(socket, 'open')
  const call = { type: 1, invocationId: '1', target: 'join', arguments: ['Somebody', room] }
  for (const record of [{ protocol: 'json', version: 1 }, call]) {
    socket.send(`${JSON.stringify(record)}\x1e`)
  }
  for await (const [message] of on(socket, 'message')) {
    if (String(message).includes('"invocationId"')) return
  }
}

describe.each(adapters)('the chat, with the adapter $name', ({ name: adapter }) => {
  const flags = ['--session', 'chat', '--adapter', adapter]

  test('two windows talk, and each sees who is there', async () => {
    const { demo, url } = await startDemo(...flags)
    const ada = await join(url, 'Ada')
    expect(await demo.line(/^open/)).toMatch(/^open {4}#1 from \S+$/)
    await ada.sees('Connected over WebSockets')
    const bob = await join(url, 'Bob')
    await reads(ada, 'Bob #2 has come')
    expect(await people(ada)).toEqual(['Ada #1 you', 'Bob #2'])
    expect(await people(bob)).toEqual(['Ada #1', 'Bob #2 you'])

    await ada.send('<b>hello</b>')
    await expect.poll(() => said(bob)).toEqual(['<b>hello</b>'])
    await bob.send('good morning')
    await expect.poll(() => said(ada)).toEqual(['<b>hello</b>', 'good morning'])

    await bob.press('Leave')
    await bob.sees('Disconnected')
    await reads(ada, 'Bob #2 has gone')
    expect(await people(ada)).toEqual(['Ada #1 you'])
    expect(await people(bob)).toEqual([])
    expect(await demo.line(/^close/)).toMatch(/^close {3}#2 \w+, code 1000/)
    for (const { complaints, requests } of [ada, bob]) {
      expect(complaints).toEqual([])
      const { host } = new URL(url)
      expect(requests.filter((request) => new URL(request).host !== host)).toEqual([])
    }
  })

  test('those in another room hear nothing, and are not seen', async () => {
    const { url } = await startDemo(...flags)
    const ada = await join(url, 'Ada')
    const eve = await join(url, 'Eve', 'yard')
    await eve.send('is anybody here?')
    await expect.poll(() => said(eve)).toEqual(['is anybody here?'])
    await ada.send('in the lobby')
    await expect.poll(() => said(ada)).toEqual(['in the lobby'])
    expect(await said(eve)).toEqual(['is anybody here?'])
    expect(await people(eve)).toEqual(['Eve #2 you'])
  })

  test.each([
    ['websockets', 'WebSockets', ''],
    ['server-sent-events', 'Server-Sent Events', ' by server-sent-events'],
    ['long-polling', 'long polling', ' by long-polling'],
  ])('with --transports %s the page and the terminal tell it', async (transport, words, line) => {
    const { demo, url } = await startDemo(...flags, '--transports', transport)
    const [ada, bob] = [await join(url, 'Ada'), await join(url, 'Bob')]
    await ada.sees(`Connected over ${words}`)
    expect(await demo.line(/^open/)).toMatch(new RegExp(`^open {4}#1 from [\\d.:]+${line}$`))
    await ada.send('hello')
    await expect.poll(() => said(bob)).toEqual(['hello'])
    expect(ada.complaints).toEqual([])
  })

  test('when the server is killed and started again, the page is back in its room', async () => {
    const { demo, url } = await startDemo(...flags)
    const relay = await Relay.to(url)
    relays.push(relay)
    const ada = await join(relay.url, 'Ada', 'hall')
    demo.kill('SIGKILL')
    await demo.exited()
    await ada.sees('Reconnecting')
    await reads(ada, 'The connection is lost')
    expect(await ada.enabled()).toEqual(['Leave'])
    expect(await people(ada)).toEqual([])

    const next = await startDemo(...flags)
    relay.target = Number(new URL(next.url).port)
    await ada.sees('Connected over WebSockets')
    const bob = await join(relay.url, 'Bob', 'hall')
    expect(await people(bob)).toEqual(['Ada #1', 'Bob #2 you'])
    await ada.send('still there?')
    await expect.poll(() => said(bob)).toEqual(['still there?'])
  })

  test('when the server shuts down, the page tries again until the person leaves', async () => {
    const { demo, url } = await startDemo(...flags)
    const ada = await join(url, 'Ada')
    demo.kill('SIGTERM')
    await ada.sees('Reconnecting')
    expect(await demo.exited()).toEqual({ code: 0, errors: '' })
    expect(await ada.enabled()).toEqual(['Leave'])
    await ada.press('Leave')
    await ada.sees('Disconnected')
    expect(await ada.enabled()).toEqual(['Join'])
  })
})

describe('a person in the chat', () => {
  test('is told what is missing, and does all of it by keyboard', async () => {
    const { url } = await startDemo('--session', 'chat')
    const person = await Person.at(url)
    const { page } = person
    const focused = () => page.evaluate(() => document.activeElement?.id)
    await page.getByLabel('Your name').focus()
    await page.keyboard.press('Enter')
    await page.getByText('Write your name').waitFor()
    expect(await focused()).toBe('name')
    await page.keyboard.type('Ada')
    await page.keyboard.press('Enter')
    await person.sees('Connected over ')
    expect(await focused()).toBe('message')
    await page.keyboard.type('by hand')
    await page.keyboard.press('Enter')
    await expect.poll(() => said(person)).toEqual(['by hand'])
    await page.keyboard.press('Shift+Tab')
    expect(await focused()).toBe('leave')
    await page.keyboard.press('Enter')
    await person.sees('Disconnected')
    expect(await focused()).toBe('join')
    expect(person.complaints).toEqual([])
  })

  test('is told that a room is full, and joins another', async () => {
    const { url } = await startDemo('--session', 'chat')
    await Promise.all(Array.from({ length: 50 }, () => joinByHand(url, 'hall')))
    const person = await Person.at(url)
    await fillIn(person, 'Ada', 'hall')
    await person.press('Join')
    await person.page.locator('#join-note').filter({ hasText: 'The room is full: 50' }).waitFor()
    await person.sees('Disconnected')
    await person.page.getByLabel('Room', { exact: true }).fill('yard')
    await person.press('Join')
    await person.sees('Connected over ')
    expect(await people(person)).toEqual(['Ada #52 you'])
  })

  test('is told when the server is gone, and why nobody joins', async () => {
    const { demo, url } = await startDemo('--session', 'chat')
    const person = await Person.at(url)
    demo.kill('SIGKILL')
    await demo.exited()
    await fillIn(person, 'Ada', 'lobby')
    await person.press('Join')
    await person.page.locator('[data-unclean]').waitFor()
    await person.sees('Disconnected')
    expect(await person.enabled()).toEqual(['Join'])
    expect(await person.page.locator('#join-note').textContent()).toMatch(/negotiat|fetch/i)
  })
})

describe.each([
  ['a desktop', { width: 1280, height: 900 }],
  ['a phone', { width: 360, height: 740 }],
])('the chat on %s', (_, viewport) => {
  test('axe finds no fault, and nothing moves or sticks out', async () => {
    const flags = ['--session', 'chat', '--transports', 'server-sent-events']
    const { url } = await startDemo(...flags)
    // axe is put into the page, which the page's own policy would refuse.
    const person = await Person.at(url, { viewport, bypassCSP: true })
    const { page } = person
    await page.evaluate(() => {
      const shifts = Object.assign(window, { shift: 0 })
      new PerformanceObserver((list) => {
        // The entry's type is not among those of the DOM.
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) {
          shifts.shift += entry.value
        }
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByText('Write your name').waitFor()
    await fillIn(person, 'a long name without a space in it'.replaceAll(' ', '-'), 'lobby')
    await person.press('Join')
    await person.sees('Connected over Server-Sent Events')
    const other = await join(url, 'Bob')
    await person.send('x'.repeat(1_000))
    await other.send('hello')
    await expect.poll(() => said(person)).toHaveLength(2)
    await other.press('Leave')
    await reads(person, 'has gone')
    expect(await axeFaults(page)).toEqual([])
    // The observer above counts there.
    const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift)
    expect(shift).toBeLessThan(0.01)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
  })
})
