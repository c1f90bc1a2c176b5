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
  test.each(['light', 'dark'] as const)('in a %s room axe finds no fault', async (colorScheme) => {
    const { url } = await startDemo('--keep-alive-interval', '1s')
    // axe is put into the page, which the page's own policy would refuse.
    const person = await Person.at(url, { viewport, colorScheme, bypassCSP: true })
    const { page } = person
    await person.connect()
    await person.send('hello')
    await person.send('')
    await page.getByText('Binary', { exact: true }).click()
    await page.getByLabel('Message in hex').fill('48 65 6')
    await page.keyboard.press('Enter')
    await page.getByRole('switch').click()
    await person.reads('Error: no sign of life')
    await page.addScriptTag({ path: AXE })
    const { violations } = await page.evaluate(() =>
      (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    )
    const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)
    expect(faults).toEqual([])
  })

  test('nothing moves that nobody moved, and nothing sticks out', async () => {
    const { url } = await startDemo('--keep-alive-interval', '500ms')
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
    await page.getByRole('switch').click()
    await person.sees('Reconnecting')
    await page.getByRole('switch').click()
    await person.sees('Connected')
    await person.press('Close Socket')
    await person.sees('Closed')
    const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift)
    expect(shift).toBeLessThan(0.01)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
  })
})
