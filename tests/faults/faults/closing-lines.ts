import type { Reporter, TestModule } from 'vitest/node'

/** Says at the end of a run which bounds in real time were held only because the machine was late. */
export default class ClosingLines implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines: string[] = []
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        for (const scaled of test.meta().scaled ?? []) lines.push(`  ${test.fullName}: ${scaled}`)
      }
    }
    if (lines.length === 0) console.log('No bound in real time had to be scaled.')
    else console.log(['Bounds scaled by what each test measured of lateness:', ...lines].join('\n'))
  }
}
