import { renderBytes } from './bytes.ts'
import { span } from './element.ts'
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
    row.append(cell('from', from), cell('to', to), cell('data', ...content(event)))
  } else {
    const wide = cell('event', ...content(event))
    wide.colSpan = 3
    wide.setAttribute('aria-colspan', '3')
    row.append(wide)
  }
  const time = document.createElement('time')
  time.dateTime = at.toISOString()
  time.textContent = clockTime(at)
  row.append(cell('time', time))
  return row
}

function cell(name: string, ...content: (Node | string)[]): HTMLTableCellElement {
  const td = document.createElement('td')
  td.setAttribute('role', 'cell')
  td.className = name
  td.append(...content)
  return td
}

function content(event: LogEvent): (Node | string)[] {
  if ('message' in event) {
    const { message } = event
    return message.type === 'text' ? renderText(message) : renderBytes(message)
  }
  const { what, details } = describe(event)
  if (event.kind === 'beat') return [what]
  const title = document.createElement('strong')
  title.textContent = what
  return details === '' ? [title] : [title, ' ', span('details', details)]
}
