import { readFile } from 'node:fs/promises'

/**
 * Reads a file that docs/hosting.md shows, and puts other values in some places of it.
 *
 * @param changes what is to stand there, by what the file says
 * @throws Error for a place that is not there, or more than once.
 */
export async function configuration(
  name: string,
  changes: Readonly<Record<string, string>>,
): Promise<string> {
  let text = await readFile(new URL(`../${name}`, import.meta.url), 'utf8')
  for (const [shown, used] of Object.entries(changes)) {
    const [before, after, ...more] = text.split(shown)
    if (after === undefined || more.length > 0) throw new Error(`${name} says not once: ${shown}`)
    text = before + used + after
  }
  return text
}
