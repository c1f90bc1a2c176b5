export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** How many columns at the left hold words; the others hold numbers, and are aligned to the right. Default: 2. */
  readonly words?: number
}

/** For a terminal and for Markdown alike. */
export function renderTable({ head, rows, words = 2 }: Table): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${widths
      .map((width, column) => {
        const cell = cells[column] ?? ''
        return column < words ? cell.padEnd(width) : cell.padStart(width)
      })
      .join(' | ')} |`
  const rule = widths
    .map((width, column) => {
      const dashes = '-'.repeat(width)
      return column < words ? dashes : `${dashes.slice(1)}:`
    })
    .join(' | ')
  return [line(head), `| ${rule} |`, ...rows.map(line)].join('\n')
}
