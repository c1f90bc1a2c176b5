import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { areEqual, type Transcripts } from './compare.ts'
import { areas } from './conversations/index.ts'

/** `net10`: what ASP.NET Core 10 said. The others: what those say where it differs from that. */
export type Recorded = 'net10' | 'net9' | 'net8' | 'wirebeat'

function folderOf(recorded: Recorded): string {
  return fileURLToPath(new URL(`../transcripts/${recorded}`, import.meta.url))
}

/** Reads what was recorded of a server. */
export function readTranscripts(recorded: Recorded): Transcripts {
  const folder = folderOf(recorded)
  if (!existsSync(folder)) return new Map()
  return new Map(
    readdirSync(folder).flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      return Object.entries(JSON.parse(text) as Record<string, string[]>)
    }),
  )
}

/** Writes transcripts of a server in place of those that were there, in a file for each area. */
export function writeTranscripts(recorded: Recorded, transcripts: Transcripts): void {
  const genuine = recorded === 'net10' ? new Map() : readTranscripts('net10')
  const folder = folderOf(recorded)
  rmSync(folder, { recursive: true, force: true })
  for (const [area, conversations] of areas) {
    const found = conversations.flatMap(({ name }) => {
      const lines = transcripts.get(name)
      if (lines === undefined || areEqual(lines, genuine.get(name) ?? [])) return []
      return [[name, lines] as const]
    })
    if (found.length === 0) continue
    const text = `${JSON.stringify(Object.fromEntries(found), undefined, 1)}\n`
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${area}.json`), text)
  }
}
