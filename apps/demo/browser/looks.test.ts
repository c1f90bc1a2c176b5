import { describe, expect, test } from 'vitest'
import { axeFaults } from './axe.ts'
import { overlaps } from './in-page.ts'
import { Person, startDemo } from './person.ts'

const SCREENS = [
  { name: 'a desktop', viewport: { width: 1280, height: 900 } },
  { name: 'a tablet', viewport: { width: 768, height: 1024 } },
  { name: 'a phone', viewport: { width: 360, height: 640 } },
  { name: 'the narrowest screen', viewport: { width: 320, height: 568 } },
] as const

describe.each(SCREENS)('on $name', ({ viewport }) => {
  test('axe finds no fault, in a light room or a dark one, or with forced colors', async () => {
    const { url } = await startDemo('--keep-alive-interval', '300ms', '--metrics')
    // axe is put into the page, which the page's own policy would refuse.
    const person = await Person.at(url, { viewport, bypassCSP: true })
    const { page } = person
    await person.connect()
    await person.send('hello')
    await person.send('')
    await person.choose('Binary')
    await page.getByLabel('Message in hex').fill('48 65 6')
    await page.keyboard.press('Enter')
    await person.unfold()
    await person.switchNetwork()
    await person.reads('Error: no sign of life')
    expect(await axeFaults(page)).toEqual([])
  })

  test('nothing moves that nobody moved, and nothing sticks out', async () => {
    const { url } = await startDemo('--keep-alive-interval', '300ms')
    const person = await Person.at(url, { viewport })
    const { page } = person
    await person.unfold()
    await page.evaluate(() => {
      const shifts = Object.assign(window, { shift: 0 })
      new PerformanceObserver((list) => {
        // The entry's type is not among those of the DOM.
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) {
          shifts.shift += entry.value
        }
      }).observe({ type: 'layout-shift' })
    })
    await person.connect()
    await person.send('hello')
    await page.getByText(/\d sent, [2-9]\d* answered/).waitFor()
    await person.switchNetwork()
    await person.sees('Reconnecting')
    await person.switchNetwork()
    await person.sees('Connected')
    await person.press('Close Socket')
    await person.sees('Closed')
    // The observer above counts there.
    const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift)
    expect(shift).toBeLessThan(0.01)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
  })

  test('what is sent and what comes back are seen together, without scrolling', async () => {
    const { url } = await startDemo()
    const person = await Person.at(url, { viewport })
    const { page } = person
    await person.connect()
    await person.send('hello')
    await person.hasReceived('hello')
    for (const shown of [
      page.getByRole('textbox', { name: 'Message' }),
      page.getByRole('button', { name: 'Close Socket' }),
      person.messages('sent'),
      person.messages('received'),
    ]) {
      const box = await shown.boundingBox()
      expect(box?.y).toBeGreaterThan(0)
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height)
    }
    expect(await page.evaluate(() => scrollY)).toBe(0)
  })

  test('the message of a burst has room for its word', async () => {
    const { url } = await startDemo()
    const person = await Person.at(url, { viewport })
    const field = person.page.getByRole('textbox', { name: 'Message' })
    const height = async () => (await field.boundingBox())?.height
    const oneLine = await height()
    await person.choose('Burst')
    expect(await height()).toBe(oneLine)
  })

  test('nothing that a person reads or presses lies over another', async () => {
    const { url } = await startDemo('--keep-alive-interval', '300ms', '--metrics')
    const person = await Person.at(url, { viewport })
    const { page } = person
    await person.connect()
    await person.unfold()
    for (const kind of ['Text', 'Binary', 'File', 'Burst'] as const) {
      await person.choose(kind)
      expect(await page.evaluate(overlaps), kind).toEqual([])
    }
  })
})

test('with forced colors the chosen kind, the switch and the gauge are told apart', async () => {
  const { url } = await startDemo('--keep-alive-interval', '60s')
  const person = await Person.at(url, { forcedColors: 'active' })
  const { page } = person
  await person.connect()
  await person.unfold()
  const background = (selector: string, pseudo?: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((shown, part) => getComputedStyle(shown, part).backgroundColor, pseudo)
  const paper = await background('body')
  expect(await background('.kinds label:has(:checked)')).not.toBe(paper)
  expect(await background('.kinds label:not(:has(:checked))')).not.toBe(
    await background('.kinds label:has(:checked)'),
  )
  expect(await background('.gauge-bar')).not.toBe(paper)
  expect(await background('.switch-track', '::after')).not.toBe(await background('.switch-track'))
  const off = await background('.switch-track')
  await person.switchNetwork()
  expect(await background('.switch-track')).not.toBe(off)
})
