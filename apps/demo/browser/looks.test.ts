import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { describe, expect, test } from 'vitest'
import { Person, startDemo } from './person.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

const SCREENS = [
  { name: 'a desktop', viewport: { width: 1280, height: 900 } },
  { name: 'a phone', viewport: { width: 360, height: 740 } },
] as const

describe.each(SCREENS)('on $name', ({ viewport }) => {
  test('axe finds no fault, in a light room or a dark one', async () => {
    const { url } = await startDemo('--keep-alive-interval', '300ms')
    // axe is put into the page, which the page's own policy would refuse.
    const person = await Person.at(url, { viewport, bypassCSP: true })
    const { page } = person
    await person.connect()
    await person.send('hello')
    await person.send('')
    await person.choose('Binary')
    await page.getByLabel('Message in hex').fill('48 65 6')
    await page.keyboard.press('Enter')
    await person.switchNetwork()
    await person.reads('Error: no sign of life')
    await page.addScriptTag({ path: AXE })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const { violations } = await page.evaluate(() =>
        // The script has put it there.
        (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      )
      const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)
      expect(faults, colorScheme).toEqual([])
    }
  })

  test('nothing moves that nobody moved, and nothing sticks out', async () => {
    const { url } = await startDemo('--keep-alive-interval', '300ms')
    const person = await Person.at(url, { viewport })
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
})
