import type { LogEntry } from './log-entry.ts'
import { renderEntry } from './log-row.ts'

/** Rows in one block, which the browser lays out only when it comes into sight. */
const BLOCK_SIZE = 50

interface Block {
  readonly body: HTMLTableSectionElement
  readonly entries: LogEntry[]
  /** How many of its entries have a row. */
  drawn: number
}

/**
 * The rows of the log, in blocks. A block has its height at once, and its rows when it comes into sight or when
 * there is time: thousands of entries are there before thousands of rows are made.
 */
export class LogBlocks {
  readonly #table: HTMLTableElement
  readonly #onSight: () => void
  readonly #sight: IntersectionObserver
  #blocks: Block[] = []
  /** Those without all of their rows. */
  readonly #undrawn = new Set<Block>()
  readonly #byBody = new WeakMap<Element, Block>()
  #size = 0

  /** @param onSight called when a block without its rows has come into sight */
  constructor(scroller: HTMLElement, table: HTMLTableElement, onSight: () => void) {
    this.#table = table
    this.#onSight = onSight
    // A screen more in both directions, so that rows are there before they are seen.
    const margins = { root: scroller, rootMargin: '100% 0px' }
    this.#sight = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        const block = this.#byBody.get(target)
        if (block !== undefined && isIntersecting && this.#undrawn.delete(block)) {
          this.#drawAll(block)
        }
      }
      this.#onSight()
    }, margins)
  }

  /** How many entries there are. */
  get size(): number {
    return this.#size
  }

  /** Whether every entry has its row. */
  get isDrawn(): boolean {
    return this.#undrawn.size === 0
  }

  add(entry: LogEntry): void {
    let block = this.#blocks.at(-1)
    if (block === undefined || block.entries.length === BLOCK_SIZE) block = this.#begin()
    block.entries.push(entry)
    this.#undrawn.add(block)
    this.#size++
  }

  /** Takes away the entries before this one. */
  dropBefore(number: number): void {
    for (;;) {
      const [block] = this.#blocks
      if (block === undefined) return
      const old = block.entries.findIndex((entry) => entry.number >= number)
      if (old >= 0) {
        this.#dropFirst(block, old)
        return
      }
      this.#blocks.shift()
      this.#remove(block)
    }
  }

  clear(): void {
    for (const block of this.#blocks) this.#remove(block)
    this.#blocks = []
  }

  /** Makes rows, the newest first, until that time by `performance.now()`, and those of the last block in any case. */
  draw(until: number): void {
    for (const block of [...this.#undrawn].reverse()) {
      this.#drawAll(block)
      this.#undrawn.delete(block)
      if (performance.now() >= until) break
    }
    for (const { body, entries } of this.#undrawn) {
      body.style.setProperty('--rows', String(entries.length))
    }
  }

  #begin(): Block {
    const body = document.createElement('tbody')
    body.setAttribute('role', 'rowgroup')
    const block = { body, entries: [], drawn: 0 }
    this.#blocks.push(block)
    this.#byBody.set(body, block)
    this.#table.append(body)
    this.#sight.observe(body)
    return block
  }

  #drawAll(block: Block): void {
    block.body.append(...block.entries.slice(block.drawn).map(renderEntry))
    block.drawn = block.entries.length
    block.body.style.setProperty('--rows', '0')
  }

  #dropFirst(block: Block, count: number): void {
    block.entries.splice(0, count)
    for (const row of [...block.body.rows].slice(0, count)) row.remove()
    block.drawn = block.body.rows.length
    this.#size -= count
  }

  #remove(block: Block): void {
    block.body.remove()
    this.#sight.unobserve(block.body)
    this.#undrawn.delete(block)
    this.#size -= block.entries.length
  }
}
