import { renderBytes } from './bytes.ts'
import { closeCodeMeaning } from './close-code.ts'
import { keepTableRoles } from './table-roles.ts'
import { renderText } from './text.ts'

/** Something that happened on the wire, or was kept from happening. */
export type LogEntry =
  | { kind: 'sent' | 'received'; data: string | ArrayBuffer }
  | { kind: 'opened'; url: string; protocol: string }
  | { kind: 'closed'; code: number; reason: string; wasClean: boolean; everOpened: boolean }
  | { kind: 'failed'; what: string; hint: string }

/** The table row of an entry. What a peer sent is only ever inserted as text. */
export function renderEntry(entry: LogEntry, at: Date): HTMLTableRowElement {
  const row = document.createElement('tr')
  row.setAttribute('data-kind', entry.kind)
  switch (entry.kind) {
    case 'sent':
      row.append(cell('from', 'Client'), cell('to', 'Server'), dataCell(entry.data))
      break
    case 'received':
      row.append(cell('from', 'Server'), cell('to', 'Client'), dataCell(entry.data))
      break
    default:
      row.append(eventCell(entry))
  }
  row.append(timeCell(at))
  keepTableRoles(row)
  return row
}

function cell(name: string, ...content: (Node | string)[]): HTMLTableCellElement {
  const td = document.createElement('td')
  td.className = name
  td.append(...content)
  return td
}

function dataCell(data: string | ArrayBuffer): HTMLTableCellElement {
  return cell('data', ...(typeof data === 'string' ? renderText(data) : renderBytes(data)))
}

function eventCell(entry: Exclude<LogEntry, { data: unknown }>): HTMLTableCellElement {
  const { what, details } = describe(entry)
  const title = document.createElement('strong')
  title.textContent = what
  const td = cell('event', title)
  td.colSpan = 3
  if (details !== '') {
    const rest = document.createElement('span')
    rest.className = 'details'
    rest.textContent = details
    td.append(' ', rest)
  }
  return td
}

function describe(entry: Exclude<LogEntry, { data: unknown }>): { what: string; details: string } {
  switch (entry.kind) {
    case 'opened': {
      const subprotocol = entry.protocol === '' ? '' : `, subprotocol ${entry.protocol}`
      return { what: 'Connection opened', details: `${entry.url}${subprotocol}` }
    }
    case 'closed': {
      const meaning = entry.everOpened ? closeCodeMeaning(entry.code) : 'never opened'
      const reason = entry.reason === '' ? 'no reason given' : `reason “${entry.reason}”`
      return {
        what: `Closed with code ${entry.code}, ${meaning}`,
        details: `${reason}, wasClean ${entry.wasClean}`,
      }
    }
    case 'failed':
      return { what: `Error: ${entry.what}`, details: entry.hint }
  }
}

function timeCell(at: Date): HTMLTableCellElement {
  const time = document.createElement('time')
  time.dateTime = at.toISOString()
  time.textContent = clockTime(at)
  return cell('time', time)
}

function clockTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const seconds = `${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
  return `${two(at.getHours())}:${two(at.getMinutes())}:${seconds}`
}
