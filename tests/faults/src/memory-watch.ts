import process from 'node:process'
import { collectedMemory } from '@wirebeat/test-support/process'
import type { Memory } from './server-protocol.ts'

/** Milliseconds between two looks at the resident size. */
const LOOK_EVERY = 10

/** Looks at the memory of this process, which must have been started with `--expose-gc`. */
export class MemoryWatch {
  #peak = 0
  #timer: NodeJS.Timeout | undefined

  async collected(): Promise<Memory> {
    const { rss, heapUsed } = await collectedMemory()
    this.#peak = rss
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY).unref()
    return { resident: rss, heapUsed }
  }

  get peak(): number {
    this.#look()
    return this.#peak
  }

  #look(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss())
  }
}
