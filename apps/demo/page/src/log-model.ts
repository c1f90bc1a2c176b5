import { count } from './figure.ts'
import {
  clockTime,
  ends,
  type LogEntry,
  type LogEvent,
  type LogPart,
  partOf,
  plainData,
} from './log-entry.ts'

/** At least so many entries are kept, and at most as many more as are dropped at once. */
export const KEPT = 10_000
const DROPPED_AT_ONCE = 100

/** Which entries a person wants to see. */
export interface LogFilter {
  readonly parts: ReadonlySet<LogPart>
  /** In any case, anywhere in the data; empty for all. */
  readonly text: string
}

/** The entries of the log, and which of them are shown. */
export class LogModel {
  #filter: LogFilter
  #entries: LogEntry[] = []
  #count = 0

  constructor(filter: LogFilter) {
    this.#filter = filter
  }

  /** How many entries there were since the log was cleared. */
  get count(): number {
    return this.#count
  }

  /** The number of the oldest entry that is kept. */
  get first(): number {
    return this.#count - this.#entries.length
  }

  add(event: LogEvent, at: Date): LogEntry {
    const entry = { event, at, number: this.#count++ }
    this.#entries.push(entry)
    if (this.#entries.length >= KEPT + DROPPED_AT_ONCE) this.#entries.splice(0, DROPPED_AT_ONCE)
    return entry
  }

  clear(): void {
    this.#entries = []
    this.#count = 0
  }

  set filter(filter: LogFilter) {
    this.#filter = filter
  }

  /** Whether the filter lets an entry through. */
  shows({ event }: LogEntry): boolean {
    const { parts, text } = this.#filter
    if (!parts.has(partOf(event))) return false
    return text === '' || plainData(event).toLowerCase().includes(text.toLowerCase())
  }

  /** The entries that are shown, the oldest first. */
  shown(): LogEntry[] {
    return this.#entries.filter((entry) => this.shows(entry))
  }

  /** What is shown, to be pasted into a table or a letter: time, from, to and data, with tabs between. */
  text(): string {
    const lines = this.shown().map(({ event, at }) => {
      const [from, to] = ends(event) ?? ['', '']
      return [clockTime(at), from, to, plainData(event)].join('\t')
    })
    return ['Time\tFrom\tTo\tData', ...lines, ''].join('\n')
  }

  /** How much is shown, in words. */
  summary(shown: number): string {
    if (this.#count === 0) return 'No entries'
    const kept = this.#entries.length
    const all = kept === 1 ? '1 entry' : `${count(kept)} entries`
    const dropped = this.first === 0 ? '' : `, ${count(this.first)} older ones dropped`
    return shown === kept ? `${all}${dropped}` : `${count(shown)} of ${all}${dropped}`
  }
}
