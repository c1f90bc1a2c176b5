import type { Announcer } from './announcer.ts'
import { element } from './element.ts'
import { LogBlocks } from './log-blocks.ts'
import type { LogEntry, LogEvent } from './log-entry.ts'
import { LogModel } from './log-model.ts'
import { LogTools } from './log-tools.ts'

/** For so long rows are made in one frame, in milliseconds: a longer time would make a click wait. */
const DRAWING = 10

/** Pixels from the end within which a reader still counts as being there. */
const END_TOLERANCE = 16

/** Entries that are given up at once, while nobody sees the page. */
const SPARE = 50

/** For so long after a touch of the log its scrolling is the reader's, in milliseconds. */
const TOUCH = 500

/** Keys that leave the end, and for how long it may take to get there on a busy machine, in milliseconds. */
const LEAVING_KEYS: ReadonlySet<string> = new Set(['PageUp', 'ArrowUp'])
const LEAVING = 5_000

/** The communication log: drawn once a frame, and scrolled along for a reader who is at its end. */
export class CommunicationLog {
  readonly #scroller = element('log', HTMLElement)
  readonly #table = element('log-table', HTMLTableElement)
  readonly #blocks = new LogBlocks(this.#scroller, this.#table, () => this.#follow())
  readonly #summary = element('log-summary', HTMLElement)
  readonly #empty = element('log-empty', HTMLElement)
  readonly #tools = new LogTools({
    filter: (filter) => {
      this.#model.filter = filter
      this.#redraw()
    },
    copy: () => navigator.clipboard.writeText(this.#model.text()),
    clear: () => {
      this.#model.clear()
      this.#redraw()
      this.#scroller.focus({ preventScroll: true })
    },
  })
  readonly #model = new LogModel(this.#tools.filter)
  readonly #announcer: Announcer
  #waiting: LogEntry[] = []
  #frame: number | undefined
  #following = true
  #scrolledTo = 0
  #height = 0
  #touchedAt = Number.NEGATIVE_INFINITY
  /** Until when the reader is on the way up, having pressed a key. */
  #leavesUntil = Number.NEGATIVE_INFINITY
  #followLater: ReturnType<typeof setTimeout> | undefined

  constructor(announcer: Announcer) {
    this.#announcer = announcer
    this.#scroller.addEventListener('scroll', () => this.#noteScroll())
    for (const type of ['wheel', 'touchmove', 'keydown', 'pointerdown']) {
      const touch = () => {
        this.#touchedAt = performance.now()
      }
      this.#scroller.addEventListener(type, touch, { passive: true })
    }
    this.#scroller.addEventListener('keydown', (event) => this.#noteKey(event))
    // A turned phone, or a block that turns out taller than was thought, moves the end away from a
    // reader who did not move.
    const watch = new ResizeObserver(() => this.#follow())
    watch.observe(this.#scroller)
    watch.observe(this.#table)
  }

  add(event: LogEvent): void {
    const entry = this.#model.add(event, new Date())
    this.#announcer.announce(event)
    this.#waiting.push(entry)
    // A page in the background draws no frames; what waits for one is bounded by the model's entries.
    if (this.#waiting.length > 2 * SPARE) {
      const { first } = this.#model
      if ((this.#waiting[SPARE]?.number ?? first) < first) this.#waiting.splice(0, SPARE)
    }
    this.#plan()
  }

  #plan(): void {
    this.#frame ??= requestAnimationFrame(() => this.#draw())
  }

  #redraw(): void {
    this.#blocks.clear()
    this.#following = true
    this.#waiting = this.#model.shown()
    this.#plan()
  }

  /** Once a frame and not once an entry, because finding the end costs a layout. */
  #draw(): void {
    this.#frame = undefined
    const { first } = this.#model
    for (const entry of this.#waiting.splice(0)) {
      if (entry.number >= first && this.#model.shows(entry)) this.#blocks.add(entry)
    }
    this.#blocks.dropBefore(first)
    this.#blocks.draw(performance.now() + DRAWING)
    if (!this.#blocks.isDrawn) this.#plan()
    const { size } = this.#blocks
    this.#summary.textContent = this.#model.summary(size)
    this.#empty.hidden = size > 0
    this.#tools.showCounts({ count: this.#model.count, shown: size })
    this.#follow()
  }

  /**
   * A reader leaves the end by scrolling up. The browser also moves the place by itself, when a block
   * turns out less tall than was thought: the height is then another one, and nobody touched it.
   */
  #noteScroll(): void {
    const { scrollHeight, clientHeight, scrollTop } = this.#scroller
    const now = performance.now()
    const isTouched = now < this.#touchedAt + TOUCH || now < this.#leavesUntil
    if (isTouched) this.#touchedAt = now
    if (scrollHeight - clientHeight - scrollTop <= END_TOLERANCE) this.#following = true
    else if (isTouched || (scrollTop < this.#scrolledTo && scrollHeight === this.#height)) {
      this.#following = false
      this.#leavesUntil = Number.NEGATIVE_INFINITY
    }
    this.#scrolledTo = scrollTop
    this.#height = scrollHeight
    this.#scroller.toggleAttribute('data-following', this.#following)
  }

  /**
   * Goes to the first or the last entry at once. The browser would take its time for that way, and give it up
   * when a block on it turns out less tall than was thought.
   */
  #noteKey(event: KeyboardEvent): void {
    const { key, ctrlKey, altKey, metaKey, shiftKey } = event
    if (ctrlKey || altKey || metaKey || shiftKey) return
    if (LEAVING_KEYS.has(key)) this.#leavesUntil = performance.now() + LEAVING
    if (key !== 'Home' && key !== 'End') return
    event.preventDefault()
    if (key === 'End') {
      // Who goes to the end stays there, also when a block on the way turns out taller than was thought.
      this.#touchedAt = Number.NEGATIVE_INFINITY
      this.#leavesUntil = Number.NEGATIVE_INFINITY
    }
    this.#scroller.scrollTop = key === 'Home' ? 0 : this.#scroller.scrollHeight
    this.#noteScroll()
  }

  #follow(): void {
    if (!this.#following) return
    const wait = Math.max(this.#touchedAt + TOUCH, this.#leavesUntil) - performance.now()
    if (wait <= 0) {
      this.#scroller.scrollTop = this.#scroller.scrollHeight
      return
    }
    // Moving the place would end the scrolling that a reader has just begun.
    this.#followLater ??= setTimeout(() => {
      this.#followLater = undefined
      this.#follow()
    }, wait)
  }
}
