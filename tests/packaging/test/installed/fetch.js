// Fetches and installs what the tests of this folder look at, into the folder that the first argument
// names: for CI, which fetches first and tests later. The packages must have been built.
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const [, , folder] = process.argv
if (folder === undefined) throw new Error('Name the folder to install into.')
const { module } = await runnerImport(fileURLToPath(new URL('install.ts', import.meta.url)))
await module.install(folder)
