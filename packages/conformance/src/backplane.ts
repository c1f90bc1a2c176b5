// Cases for backplanes of topics, as tests of vitest.

export type { Backplane, BackplaneListener } from './backplane/backplane.ts'
export type { BackplaneCase } from './backplane/backplane-case.ts'
export type { BackplaneUnderTest } from './backplane/backplane-under-test.ts'
export { backplaneCases } from './backplane/cases.ts'
export { testBackplane } from './backplane/vitest.ts'
