export { type Case, type Group, missingFor, runCase } from './case.ts'
export { cases } from './cases/index.ts'
export { type AdapterUnderTest, type Ground, groundOf, type Harness } from './harness.ts'
