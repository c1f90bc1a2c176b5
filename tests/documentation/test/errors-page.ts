import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './pages.ts'

/** One row of a table of docs/errors.md whose first cell is a message. */
export interface ErrorRow {
  /** The message, with `…` for each part that differs. */
  readonly message: string
  /** All cells, the message included. */
  readonly cells: readonly string[]
}

/** The cells of each row of the tables in docs/errors.md. */
export const rows: readonly (readonly string[])[] = readFileSync(
  join(ROOT, 'docs/errors.md'),
  'utf8',
)
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

/** The rows that have a message. */
export const errorRows: readonly ErrorRow[] = rows.flatMap((cells) => {
  const message = /^`([^`]+)`$/.exec(cells[0] ?? '')?.[1]
  return message === undefined ? [] : [{ message, cells }]
})

/** Whether a row is about a message: the same text, with anything in place of each `…`. */
export function matches({ message }: ErrorRow, text: string): boolean {
  const parts = message.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`).test(text)
}
