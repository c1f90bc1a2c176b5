import { renderBytes } from './bytes.ts'
import { clockTime, describe, ends, type LogEntry, type LogEvent } from './log-entry.ts'
import { renderText } from './text.ts'

/** The table row of an entry. What a peer sent is only ever inserted as text. */
export function renderEntry({ event, at }: LogEntry): HTMLTableRowElement {
  const row = document.createElement('tr')
  // A row is laid out as a grid, and some browsers forget that such a one is a row.
  row.setAttribute('role', 'row')
  row.setAttribute('data-kind', event.kind)
  const [from, to] = ends(event) ?? []
  if (from !== undefined && to !== undefined) {
    row.setAttribute('data-from', from)
    row.append(cell('from', from), cell('to', to), dataCell(event))
  } else {
    row.append(eventCell(event))
  }
  row.append(timeCell(at))
  return row
}

function cell(name: string, ...content: (Node | string)[]): HTMLTableCellElement {
  const td = document.createElement('td')
  td.setAttribute('role', 'cell')
  td.className = name
  td.append(...content)
  return td
}

function dataCell(event: LogEvent): HTMLTableCellElement {
  if (!('message' in event)) return cell('data', describe(event).what)
  const { message } = event
  return cell('data', ...(message.type === 'text' ? renderText(message) : renderBytes(message)))
}

function eventCell(event: LogEvent): HTMLTableCellElement {
  if ('message' in event) return dataCell(event)
  const { what, details } = describe(event)
  const title = document.createElement('strong')
  title.textContent = what
  const td = cell('event', title)
  td.colSpan = 3
  td.setAttribute('aria-colspan', '3')
  if (details !== '') {
    const rest = document.createElement('span')
    rest.className = 'details'
    rest.textContent = details
    td.append(' ', rest)
  }
  return td
}

function timeCell(at: Date): HTMLTableCellElement {
  const time = document.createElement('time')
  time.dateTime = at.toISOString()
  time.textContent = clockTime(at)
  return cell('time', time)
}
