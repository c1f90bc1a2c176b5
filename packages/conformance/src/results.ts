import type { Capability, MissingCapabilities } from '@wirebeat/core/adapter'
import { type Case, GROUPS, type Group, missingFor } from './case.ts'

/** What became of the cases of one group. */
export interface GroupResult {
  passed: number
  failed: number
  /** Cases that were left out, by the capability that the engine lacks. */
  skipped: Partial<Record<Capability, number>>
}

/** What the battery has shown of one adapter on one runtime, as a plain value. */
export interface BatteryResults {
  readonly adapter: string
  /** `Node 20` */
  readonly runtime: string
  readonly missing: MissingCapabilities
  readonly groups: Readonly<Partial<Record<Group, GroupResult>>>
}

/** Counts what becomes of the cases. */
export class Results {
  readonly #adapter: string
  readonly #missing: MissingCapabilities
  readonly #groups = new Map<Group, GroupResult>()

  constructor(adapter: { readonly name: string; readonly missing: MissingCapabilities }) {
    this.#adapter = adapter.name
    this.#missing = adapter.missing
  }

  /** Counts one case that was run, or left out for what the engine lacks. */
  count(one: Case, outcome: 'passed' | 'failed' | 'skipped'): void {
    const result = this.#groups.get(one.group) ?? { passed: 0, failed: 0, skipped: {} }
    this.#groups.set(one.group, result)
    if (outcome !== 'skipped') {
      result[outcome]++
      return
    }
    const lacking = missingFor(one, { missing: this.#missing })
    if (lacking === undefined) throw new Error(`nothing is missing for the case: ${one.name}`)
    result.skipped[lacking.capability] = (result.skipped[lacking.capability] ?? 0) + 1
  }

  /** The counts so far, the groups in their order. */
  get value(): BatteryResults {
    const groups: Partial<Record<Group, GroupResult>> = {}
    for (const group of GROUPS) {
      const result = this.#groups.get(group)
      if (result !== undefined) groups[group] = result
    }
    const [major] = process.versions.node.split('.')
    return { adapter: this.#adapter, runtime: `Node ${major}`, missing: this.#missing, groups }
  }
}
