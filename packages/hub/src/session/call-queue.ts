import { Deferred } from '@wirebeat/core/extension'

/** A call, as its queue sees it. */
export interface QueuedCall {
  /** Whether it counts for `maxParallelCalls`. */
  readonly takesSlot: boolean
  start(): void
}

/** The connection of a queue. */
interface QueueOwner {
  /** Whether no call may begin now. */
  readonly isHeld: boolean
  /** A call that has waited has begun. */
  begun(): void
}

/** The calls of one connection. They begin in the order in which they came, and no more than `max` run at a time. */
export class CallQueue {
  readonly #owner: QueueOwner
  readonly #max: number
  readonly #capacity: number
  /** Made when a call has to wait. */
  #waiting: QueuedCall[] | undefined
  #running = 0
  /** How many more may run, because somebody waits for an answer of the client. */
  #lent = 0
  /** Calls that have their answer and wait for a slot, before all that have not begun. */
  #returning: Deferred<void>[] | undefined
  #isStarting = false

  /**
   * @param max how many calls run at a time
   * @param capacity with how many that wait the queue is full
   */
  constructor(owner: QueueOwner, max: number, capacity: number) {
    this.#owner = owner
    this.#max = max
    this.#capacity = capacity
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#waiting === undefined || this.#waiting.length === 0
  }

  /** Whether so many calls wait that no more should be read. */
  get isFull(): boolean {
    return this.#waiting !== undefined && this.#waiting.length >= this.#capacity
  }

  /** Starts a call, now or in its turn. */
  add(call: QueuedCall): void {
    if (this.isEmpty && this.#mayStart(call)) {
      this.#begin(call)
      return
    }
    this.#waiting ??= []
    this.#waiting.push(call)
  }

  /** Starts those whose turn it is. */
  start(): void {
    // A call that ends at once calls this again.
    if (this.#isStarting) return
    this.#isStarting = true
    while (this.#hasSlot && this.#returning !== undefined && this.#returning.length > 0) {
      this.#running++
      this.#returning.shift()?.resolve()
    }
    for (let call = this.#waiting?.[0]; call !== undefined; call = this.#waiting?.[0]) {
      if (!this.#mayStart(call)) break
      this.#waiting?.shift()
      this.#begin(call)
      this.#owner.begun()
    }
    this.#isStarting = false
  }

  /** A call has ended, or waits for an answer. */
  release(): void {
    this.#running--
    this.start()
  }

  /** The call has its answer. Resolves when it may go on. */
  async retake(): Promise<void> {
    if (this.#hasSlot && (this.#returning === undefined || this.#returning.length === 0)) {
      this.#running++
      return
    }
    const slot = new Deferred<void>()
    this.#returning ??= []
    this.#returning.push(slot)
    await slot.promise
  }

  lend(): void {
    this.#lent++
    this.start()
  }

  takeBack(): void {
    this.#lent--
  }

  /** Forgets those that wait. */
  drop(): void {
    this.#waiting = undefined
  }

  get waiting(): readonly QueuedCall[] {
    return this.#waiting ?? []
  }

  get #hasSlot(): boolean {
    return this.#running < this.#max + this.#lent
  }

  #mayStart(call: QueuedCall): boolean {
    return !this.#owner.isHeld && (!call.takesSlot || this.#hasSlot)
  }

  #begin(call: QueuedCall): void {
    if (call.takesSlot) this.#running++
    call.start()
  }
}
