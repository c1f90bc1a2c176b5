const roles: ReadonlyMap<string, string> = new Map([
  ['table', 'table'],
  ['thead', 'rowgroup'],
  ['tbody', 'rowgroup'],
  ['tr', 'row'],
  ['th', 'columnheader'],
  ['td', 'cell'],
])

/**
 * Writes the implied roles of a table, or of a row of one, into its markup. A phone gets the rows
 * as stacked blocks, and some browsers forget that a table laid out otherwise is a table.
 */
export function keepTableRoles(root: HTMLElement): void {
  for (const part of [root, ...root.querySelectorAll('*')]) {
    const role = roles.get(part.localName)
    if (role !== undefined) part.setAttribute('role', role)
  }
}
