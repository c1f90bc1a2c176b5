import type { Capability } from '@wirebeat/core/adapter'
import { GROUPS, type Group } from './case.ts'
import type { BatteryResults } from './results.ts'

/**
 * Writes the compatibility table, as Markdown, from the results of the battery: a row for each group
 * of cases, a column for each adapter and runtime, and below it every "no" with its reason.
 */
export function compatibilityTable(results: readonly BatteryResults[]): string {
  const columns = [...results].sort(byColumn)
  const groups = GROUPS.filter((group) => columns.some((column) => column.groups[group]))
  const header = ['cases about', ...columns.map(({ adapter, runtime }) => `${adapter}, ${runtime}`)]
  const rows = groups.map((group) => [group, ...columns.map((column) => cell(column, group))])
  const total = ['**all**', ...columns.map((column) => `**${cell(column, ...groups)}**`)]
  return [
    row(header),
    row(header.map(() => '---')),
    ...rows.map(row),
    row(total),
    '',
    ...adaptersOf(columns).flatMap((column) => missingSection(column, columns)),
  ].join('\n')
}

function byColumn(a: BatteryResults, b: BatteryResults): number {
  const byName = a.adapter.localeCompare(b.adapter)
  return byName === 0 ? a.runtime.localeCompare(b.runtime, 'en', { numeric: true }) : byName
}

/** `12 of 14`, where two were left out or failed. */
function cell(column: BatteryResults, ...groups: readonly Group[]): string {
  let [passed, failed, skipped] = [0, 0, 0]
  for (const group of groups) {
    const result = column.groups[group]
    passed += result?.passed ?? 0
    failed += result?.failed ?? 0
    for (const count of Object.values(result?.skipped ?? {})) skipped += count
  }
  const all = passed + failed + skipped
  return passed === all ? `${passed}` : `${passed} of ${all}`
}

function adaptersOf(columns: readonly BatteryResults[]): readonly BatteryResults[] {
  return columns.filter(
    ({ adapter }, index) => columns.findIndex((other) => other.adapter === adapter) === index,
  )
}

function missingSection(
  { adapter, missing }: BatteryResults,
  columns: readonly BatteryResults[],
): readonly string[] {
  const capabilities = Object.entries(missing)
  if (capabilities.length === 0) return []
  const own = columns.filter((column) => column.adapter === adapter)
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
