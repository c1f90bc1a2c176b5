const roles: ReadonlyMap<string, string> = new Map([
  ['table', 'table'],
  ['thead', 'rowgroup'],
  ['tr', 'row'],
  ['th', 'columnheader'],
])

/**
 * Writes the implied roles of a table into its markup. Its rows are laid out as grids, and some
 * browsers forget that a table laid out otherwise is a table.
 */
export function keepTableRoles(root: HTMLElement): void {
  for (const part of [root, ...root.querySelectorAll('*')]) {
    const role = roles.get(part.localName)
    if (role !== undefined) part.setAttribute('role', role)
  }
}
