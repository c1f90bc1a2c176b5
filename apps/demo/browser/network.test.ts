import { adapters } from '@wirebeat/test-support'
import { afterEach, describe, expect, test } from 'vitest'
import { Person, startDemo } from './person.ts'
import { Relay } from './relay.ts'

const relays: Relay[] = []
afterEach(() => {
  for (const relay of relays.splice(0)) relay.close()
})

/** A page whose server can be killed, and another one started in its place. */
async function startMortal(adapter: string) {
  const { demo, url } = await startDemo('--adapter', adapter)
  const relay = await Relay.to(url)
  relays.push(relay)
  return {
    person: await Person.at(relay.url),
    async kill(): Promise<void> {
      demo.kill('SIGKILL')
      await demo.exited()
    },
    async startAgain(): Promise<void> {
      const next = await startDemo('--adapter', adapter)
      relay.target = Number(new URL(next.url).port)
    },
  }
}

describe.each(adapters)('when the line breaks, with the adapter $name', ({ name: adapter }) => {
  test('a server that is killed and started again finds the page connected again', async () => {
    const { person, kill, startAgain } = await startMortal(adapter)
    await person.connect()
    await kill()
    await person.sees('Reconnecting')
    await person.reads('Error: the connection failed')
    await person.reads('Closed with code 1006, lost without a close frame')
    await person.reads(/^Connecting again in/)

    await startAgain()
    await person.sees('Connected')
    await person.reads(/Connection opened again.* after the loss/)
    await person.send('still there?')
    await person.hasReceived('still there?')
  })

  test('a server that shuts down says so, and the page tries again', async () => {
    const { demo, url } = await startDemo('--adapter', adapter)
    const person = await Person.at(url)
    await person.connect()
    demo.kill('SIGTERM')
    await person.reads('Closed with code 1001, going away')
    await person.sees('Reconnecting')
    expect(await person.enabled()).toEqual(['Retry now', 'Send', 'Close Socket'])
    await person.press('Close Socket')
    await person.sees('Closed')
    expect(await person.page.getByRole('status').textContent()).toBe('Closed')
    await person.reads(/^Closed from the page while it was connecting again$/)
    expect(await person.enabled()).toEqual(['Connect', 'Send'])
  })

  test('with the network pretended gone both ends notice, and the page shows both views', async () => {
    const flags = ['--keep-alive-interval', '500ms', '--alive-on', 'message']
    const { demo, url } = await startDemo('--adapter', adapter, ...flags)
    const person = await Person.at(url)
    await person.connect()
    await person.unfold()
    await person.page.getByText(/\d sent, [1-9]\d* answered/).waitFor()
    await person.switchNetwork()
    await person.send('into the void')
    await person.reads('Error: no sign of life for 1 s')
    expect(await demo.line(/^close/)).toMatch(/^close {3}#1 heartbeat, code 1006/)
    await person.reads(
      /The server says: #1 ended, cause heartbeat, after .* after the network went/,
    )
    await person.reads('1 message without an echo')
    await person.sees('Reconnecting')

    await person.switchNetwork()
    await person.sees('Connected')
    await person.page.getByText(/^#[2-9]\d* open for/).waitFor()
    await person.send('back again')
    await person.hasReceived('back again')
    const rows = await person.rows()
    expect(rows.some((row) => row.startsWith('Server') && row.includes('void'))).toBe(false)
  })

  test('a network that comes back in time loses nothing', async () => {
    const { url } = await startDemo('--adapter', adapter)
    const person = await Person.at(url)
    await person.connect()
    await person.unfold()
    await person.switchNetwork()
    await person.send('held on the way')
    await person.hasSent('held on the way')
    await person.switchNetwork()
    await person.hasReceived('held on the way')
    await person.sees('Connected')
    await person.press('Close Socket')
    await person.reads(/The server says: #1 ended, cause client, after [\d.]+ m?s$/)
  })

  test('the switch says that a server which counts pongs will not notice', async () => {
    const { url } = await startDemo('--adapter', adapter, '--keep-alive-interval', '500ms')
    const person = await Person.at(url)
    await person.unfold()
    await person.page.getByText(/The server will not: .* With --alive-on message/).waitFor()
    await person.connect()
    await person.switchNetwork()
    await person.reads('Error: no sign of life for 1 s')
    await person.page.getByText(/#1 open for ([2-9]|\d\d)/).waitFor()
    await person.switchNetwork()
    await person.sees('Connected')
    await person.reads(/The server says: #1 ended, cause (client|lost)/)
  })

  // Chromium's offline switch refuses new connections. It does not end a WebSocket that is open: some
  // versions pass its messages on, others keep them until the network is back. The test shows both, so
  // that nobody takes the switch for a cut cable.
  test('with the browser offline an open line loses nothing, and another one waits for the network', async () => {
    const { person, kill, startAgain } = await startMortal(adapter)
    const context = person.page.context()
    await person.connect()
    await context.setOffline(true)
    await person.send('offline')
    await person.hasSent('offline')
    await context.setOffline(false)
    await person.hasReceived('offline')
    await person.sees('Connected')
    expect((await person.rows()).filter((row) => row.startsWith('Connection'))).toHaveLength(1)

    await context.setOffline(true)
    await kill()
    await startAgain()
    await person.reads('Error: could not connect')
    await person.sees('Reconnecting')
    await context.setOffline(false)
    await person.sees('Connected')
  })

  test('a page that was frozen for longer than 2X finds its line alive', async () => {
    const { demo, url } = await startDemo('--adapter', adapter, '--keep-alive-interval', '300ms')
    const person = await Person.at(url)
    await person.connect()
    const devtools = await person.devtools()
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
    // Longer than 2X for the client. Nothing can be waited for in a page that stands still.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await devtools.send('Page.setWebLifecycleState', { state: 'active' })
    await person.send('awake')
    await person.hasReceived('awake')
    await person.sees('Connected')
    expect((await person.rows()).filter((row) => row.startsWith('Connection opened'))).toHaveLength(
      1,
    )
    await person.press('Close Socket')
    expect(await demo.line(/^close/)).toMatch(/^close {3}#1 client, code 1000/)
  })
})

test('what the server sees is no longer told when the server has stopped', async () => {
  const { person, kill, startAgain } = await startMortal('ws')
  const { page } = person
  await person.connect()
  await person.unfold()
  await page.getByText(/#1 open for/).waitFor()
  await kill()
  await page.getByText('it does not answer').waitFor()
  await startAgain()
  await page.getByText(/#1 open for/).waitFor()
})

test('a person who does not want to wait tries again now', async () => {
  const { person, kill, startAgain } = await startMortal('ws')
  const { page } = person
  // It makes of the delay of a second one of an hour, so that no attempt is made by itself.
  await page.evaluate(() => {
    Math.random = () => 3_600
  })
  await person.connect()
  await kill()
  await page.getByText(/^in 3,?\d{3} s$/).waitFor()
  await person.send('later')
  await person.isTold('Sent as soon as there is a connection.')
  await startAgain()
  await person.press('Retry now')
  await person.sees('Connected')
  await person.hasReceived('later')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('message')
})

test('the server is asked again while it has not noticed that the page closed', async () => {
  const { url } = await startDemo()
  const person = await Person.at(url)
  await person.connect()
  await person.unfold()
  await person.page.getByText(/#1 open for/).waitFor()
  const json = [{ id: 1, openedAt: 0, openedAgo: 1 }]
  await person.page.route(/connections\.json/, (route) => route.fulfill({ json }), {
    times: 1,
  })
  await person.press('Close Socket')
  await person.reads('The server says: #1 ended, cause client')
})
