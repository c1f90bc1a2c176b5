import process from 'node:process'
import { adapter as bun } from '@wirebeat/adapter-bun'
import { adapters as all } from '@wirebeat/test-support'
import { ADAPTERS } from '../src/command-line.ts'

const isBunHere = Boolean(process.env['WIREBEAT_BUN'])
if (!isBunHere) console.warn('Left out: the demo on Bun. WIREBEAT_BUN, its path, is not set.')

/** The adapters that the demo offers and whose engines run here. */
export const adapters = [...all, ...(isBunHere ? [bun] : [])].filter(({ name }) =>
  ADAPTERS.some((offered) => offered === name),
)
