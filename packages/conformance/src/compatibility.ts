import type { Capability, MissingCapabilities } from '@wirebeat/core/adapter'
import { GROUPS, type Group } from './case.ts'
import type { BatteryResults, GroupResult } from './results.ts'

/**
 * Writes the compatibility table, as Markdown, from the results of the battery: a row for each group
 * of cases, a column for each adapter and runtime as they come, and below it what each engine cannot
 * do, with the reason.
 */
export function compatibilityTable(columns: readonly BatteryResults[]): string {
  const adapters = new Set(columns.map(({ adapter }) => adapter))
  const header = ['cases about', ...columns.map(({ adapter, runtime }) => `${adapter}, ${runtime}`)]
  const rows = GROUPS.map((group) => [group, ...columns.map((column) => cell(column, group))])
  const total = ['**all**', ...columns.map((column) => `**${cell(column, ...GROUPS)}**`)]
  return [
    row(header),
    row(header.map(() => '---')),
    ...rows.map(row),
    row(total),
    '',
    ...[...adapters].flatMap((adapter) => missingSection(adapter, columns)),
  ].join('\n')
}

/** `12 of 14`, where two were left out or failed. */
function cell(column: BatteryResults, ...groups: readonly Group[]): string {
  let [passed, failed, skipped] = [0, 0, 0]
  for (const group of groups) {
    // A column that is older than the group has none of it.
    const result: GroupResult | undefined = column.groups[group]
    passed += result?.passed ?? 0
    failed += result?.failed ?? 0
    for (const count of Object.values(result?.skipped ?? {})) skipped += count
  }
  const all = passed + failed + skipped
  return passed === all ? `${passed}` : `${passed} of ${all}`
}

function missingSection(adapter: string, columns: readonly BatteryResults[]): readonly string[] {
  const own = columns.filter((column) => column.adapter === adapter)
  // An engine may lack more on one runtime than on another.
  const missing: MissingCapabilities = Object.assign({}, ...own.map((column) => column.missing))
  const capabilities = Object.entries(missing)
  if (capabilities.length === 0) return []
  return [
    `## What ${adapter} cannot do`,
    '',
    row(['capability', 'cases left out', 'why', 'where']),
    row(['---', '---', '---', '---']),
    ...capabilities.map(([name, { reason, upstream }]) =>
      // The keys of MissingCapabilities, which Object.entries() widens.
      row([`\`${name}\``, `${skippedFor(name as Capability, own)}`, reason, upstream]),
    ),
    '',
  ]
}

function skippedFor(capability: Capability, columns: readonly BatteryResults[]): number {
  const counts = columns.map(({ groups }) =>
    Object.values(groups).reduce((sum, { skipped }) => sum + (skipped[capability] ?? 0), 0),
  )
  return Math.max(0, ...counts)
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
