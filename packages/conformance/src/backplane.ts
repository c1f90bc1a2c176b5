// Cases for backplanes of topics, as tests of vitest.

export type { Backplane, BackplaneListener } from './backplane/backplane.ts'
export type { BackplaneCase, BackplaneUnderTest } from './backplane/backplane-case.ts'
export { backplaneCases } from './backplane/cases.ts'
export { testBackplane } from './backplane/vitest.ts'
