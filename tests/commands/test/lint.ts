import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const BIOME = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
const RULES = ['biome.json', 'scripts/lint']

/**
 * Lints a repository that has these files and nothing but them, by the rules of this one.
 *
 * @param files their texts, by their paths
 * @returns what was said about files, by their paths
 */
export function lint(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'wirebeat-lint-'))
  try {
    for (const path of RULES) cpSync(join(ROOT, path), join(folder, path), { recursive: true })
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return complaints(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function complaints(folder: string): ReadonlyMap<string, string> {
  const options = ['--vcs-enabled=false', '--reporter=json', '--colors=off']
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [BIOME, 'lint', ...options, '--max-diagnostics=none'],
    { cwd: folder, encoding: 'utf8' },
  )
  const found = new Map<string, string>()
  for (const { location, message } of reportOf(stdout, stderr).diagnostics) {
    const file = location.path.replaceAll('\\', '/')
    found.set(file, `${found.get(file) ?? ''}${message}\n`)
  }
  return found
}

interface Report {
  readonly diagnostics: readonly {
    readonly location: { readonly path: string }
    readonly message: string
  }[]
}

function reportOf(stdout: string, stderr: string): Report {
  try {
    // As Biome writes it.
    return JSON.parse(stdout) as Report
  } catch {
    throw new Error(`lint did not run: ${stdout}${stderr}`)
  }
}
