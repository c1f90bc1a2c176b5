import type { Announcer } from './announcer.ts'
import { type LogEntry, renderEntry } from './log-entry.ts'

const KEPT = 1000

/** Pixels from the end within which a reader still counts as being there. */
const END_TOLERANCE = 16

/** Where the log is drawn. */
export interface LogElements {
  scroller: HTMLElement
  rows: HTMLElement
  summary: HTMLElement
  empty: HTMLElement
}

/** The communication log: the last 1,000 entries, scrolled along for a reader who is at its end. */
export class CommunicationLog {
  readonly #elements: LogElements
  readonly #announcer: Announcer
  #waiting: HTMLTableRowElement[] = []
  #frame: number | undefined
  #followedTo: number | undefined
  #total = 0

  constructor(elements: LogElements, announcer: Announcer) {
    this.#elements = elements
    this.#announcer = announcer
  }

  add(entry: LogEntry): void {
    this.#total++
    this.#waiting.push(renderEntry(entry, new Date()))
    // A page in the background draws no frames; what waits for one is bounded as well.
    if (this.#waiting.length > KEPT) this.#waiting.shift()
    this.#announcer.announce(entry)
    this.#frame ??= requestAnimationFrame(() => this.#draw())
  }

  /** Once a frame and not once an entry, because finding the end costs a layout. */
  #draw(): void {
    this.#frame = undefined
    const { scroller, rows, summary, empty } = this.#elements
    const end = scroller.scrollHeight - scroller.clientHeight
    // A turned phone or a resized window moves the end away from a reader who did not move.
    const following =
      end - scroller.scrollTop <= END_TOLERANCE || scroller.scrollTop === this.#followedTo

    empty.hidden = true
    rows.append(...this.#waiting)
    this.#waiting = []
    while (rows.childElementCount > KEPT) rows.firstElementChild?.remove()
    summary.textContent = summarize(this.#total)
    if (following) scroller.scrollTop = scroller.scrollHeight
    this.#followedTo = following ? scroller.scrollTop : undefined
  }
}

function summarize(total: number): string {
  if (total === 1) return '1 entry'
  if (total <= KEPT) return `${total.toLocaleString('en')} entries`
  const dropped = (total - KEPT).toLocaleString('en')
  return `Last ${KEPT.toLocaleString('en')} entries, ${dropped} dropped`
}
