import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The lines of each conversation, by its name. */
export type Transcripts = ReadonlyMap<string, readonly string[]>

/** The folder of the transcripts of one server, such as `net10`. */
function folderOf(server: string): string {
  return fileURLToPath(new URL(`../transcripts/${server}`, import.meta.url))
}

/** Reads what was recorded of a server. */
export function readTranscripts(server: string): Transcripts {
  const folder = folderOf(server)
  return new Map(
    readdirSync(folder).flatMap((file) =>
      Object.entries(
        JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string[]>,
      ),
    ),
  )
}

/** Writes transcripts of a server in place of those that were there, in a file for each area. */
export function writeTranscripts(
  server: string,
  areas: ReadonlyMap<string, readonly string[]>,
  transcripts: Transcripts,
): void {
  const folder = folderOf(server)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [area, names] of areas) {
    const found = names.flatMap((name) => {
      const lines = transcripts.get(name)
      return lines === undefined ? [] : [[name, lines] as const]
    })
    if (found.length === 0) continue
    const text = `${JSON.stringify(Object.fromEntries(found), undefined, 1)}\n`
    writeFileSync(join(folder, `${area}.json`), text)
  }
}

/** How many lines of a difference are shown before it, and of it on each side. */
const SHOWN = 8

/** How two transcripts differ, in lines for a person. Empty when they are equal. */
export function differenceOf(
  expected: readonly string[] | undefined,
  found: readonly string[] | undefined,
): readonly string[] {
  const [left, right] = [expected ?? ['(no transcript)'], found ?? ['(no transcript)']]
  if (left.join('\n') === right.join('\n')) return []
  let same = 0
  while (left[same] !== undefined && left[same] === right[same]) same++
  return [
    ...left.slice(Math.max(0, same - SHOWN), same).map((line) => `    ${line}`),
    ...left.slice(same, same + SHOWN).map((line) => `  - ${line}`),
    ...right.slice(same, same + SHOWN).map((line) => `  + ${line}`),
  ]
}
