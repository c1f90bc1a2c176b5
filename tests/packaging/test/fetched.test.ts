import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { fetched } from './installed/fetched.ts'

/** Fails until it has been run so often. */
function failing(times: number): readonly string[] {
  const program = `
    const { appendFileSync, readFileSync } = require('node:fs')
    appendFileSync('tries', '.')
    process.exitCode = readFileSync('tries').length > ${times} ? 0 : 1`
  return [process.execPath, '-e', program]
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wirebeat-fetched-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('what could not be fetched is fetched once more, and not in silence', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  const folder = await makeFolder()
  await fetched(failing(1), folder)
  expect(await readFile(join(folder, 'tries'), 'utf8')).toBe('..')
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('exit code 1'))
})

test('what cannot be fetched twice is a failure', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  await expect(fetched(failing(2), await makeFolder())).rejects.toThrow('exit code 1')
})
