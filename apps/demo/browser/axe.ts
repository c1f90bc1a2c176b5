import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

const MEDIA = [
  { colorScheme: 'light', forcedColors: 'none' },
  { colorScheme: 'dark', forcedColors: 'none' },
  { colorScheme: 'light', forcedColors: 'active' },
  { colorScheme: 'dark', forcedColors: 'active' },
] as const

/**
 * What axe finds wrong with the page as it stands, in a light room and a dark one, and with forced colors.
 *
 * @param page one that was opened with `bypassCSP`, because axe is put into it
 */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE })
  const faults: string[] = []
  for (const media of MEDIA) {
    await page.emulateMedia(media)
    const { violations } = await page.evaluate(() =>
      // The script has put it there.
      (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    )
    for (const { id, nodes } of violations) {
      faults.push(`${JSON.stringify(media)} ${id}: ${nodes.map(({ html }) => html)}`)
    }
  }
  return faults
}
