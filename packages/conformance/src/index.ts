export { type Case, type Group, missingFor, runCase } from './case.ts'
export { cases } from './cases/index.ts'
export type { Harness } from './harness.ts'
export { type AdapterUnderTest, type Target, targetOf } from './target.ts'
