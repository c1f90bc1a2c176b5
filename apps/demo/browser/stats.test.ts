import { expect, test } from 'vitest'
import { axeFaults } from './axe.ts'
import { Person, startDemo } from './person.ts'

test('the page of figures counts what goes on, and its dot is full while it does', async () => {
  const { url } = await startDemo('--metrics')
  const person = await Person.at(url)
  await person.connect()
  const reader = await Person.at(`${url}/stats`)
  const { page } = reader
  const isFull = () =>
    page
      .locator('.status-dot')
      .evaluate((dot) => getComputedStyle(dot).backgroundColor !== 'rgba(0, 0, 0, 0)')
  await reader.sees('Live')
  expect(await isFull()).toBe(true)
  expect(await page.locator('[data-figure="open"]').textContent()).toBe('1')
  await person.send('hello')
  await expect.poll(() => page.locator('[data-figure="sent-messages"]').textContent()).toBe('1')
  // What has never happened is behind a fold.
  const refusals = page.locator('#refusals')
  await refusals.getByText('None so far').waitFor()
  expect(await refusals.getByText('origin').isVisible()).toBe(false)
  expect((await fetch(`${url}/ws`)).status).toBe(426)
  await refusals.getByText('not-websocket').waitFor()
  expect(await refusals.getByText('None so far').isVisible()).toBe(false)
  await refusals.getByText(/^\d+ at 0$/).click()
  await refusals.getByText('origin').waitFor()
  await reader.press('Pause')
  await reader.sees('Paused')
  expect(await isFull()).toBe(false)
  expect(reader.complaints).toEqual([])
})

test('when the server has stopped, the page of figures says nothing of now', async () => {
  const { demo, url } = await startDemo('--metrics')
  const reader = await Person.at(`${url}/stats`)
  const { page } = reader
  await reader.sees('Live')
  demo.kill('SIGKILL')
  await demo.exited()
  await reader.sees('No answer')
  for (const name of ['open', 'received-rate']) {
    await expect.poll(() => page.locator(`[data-figure="${name}"]`).textContent()).toBe('–')
  }
  expect(await page.locator('[data-figure="opened"]').textContent()).toBe('0')
})

test.each([320, 1280])('axe finds no fault in the page of figures, %d wide', async (width) => {
  const { url } = await startDemo('--metrics')
  const viewport = { width, height: 800 }
  const { page } = await Person.at(`${url}/stats`, { viewport, bypassCSP: true })
  await page.locator('#refusals summary').click()
  expect(await axeFaults(page)).toEqual([])
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
})
