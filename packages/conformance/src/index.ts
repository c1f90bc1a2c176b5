export { type Case, GROUPS, type Group, missingFor, runCase } from './case.ts'
export { cases } from './cases/index.ts'
export type { AdapterUnderTest, Listening, ServerOptions } from './harness.ts'
export { Harness, Server } from './harness.ts'
