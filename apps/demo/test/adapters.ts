import { adapters as all } from '@wirebeat/test-support'
import { ADAPTERS } from '../src/command-line.ts'

/** The adapters that the demo offers and whose engines run here. */
export const adapters = all.filter(({ name }) => ADAPTERS.some((offered) => offered === name))
