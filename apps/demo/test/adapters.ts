import type { Adapter } from '@wirebeat/test-support'
import { adaptersInProcesses } from '@wirebeat/test-support'
import { ADAPTERS } from '../src/command-line.ts'

/** The adapters that the demo offers and whose engines run here. */
export const adapters: readonly Adapter[] = adaptersInProcesses().filter(({ name }) =>
  ADAPTERS.some((offered) => offered === name),
)
