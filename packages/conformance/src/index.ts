export { type Case, type Group, missingFor, runCase } from './case.ts'
export type { CaseResult, FailedCase, PassedCase, SkippedCase } from './case-result.ts'
export { cases } from './cases/index.ts'
export type { Harness } from './harness.ts'
export { http2TargetOf } from './http2-target.ts'
export type { BatteryResults, GroupResult } from './results.ts'
export {
  type BatteryOptions,
  type BatteryReport,
  type Reporter,
  runBattery,
} from './run-battery.ts'
export { type AdapterUnderTest, type Target, targetOf } from './target.ts'
export { textReporter } from './text-reporter.ts'
