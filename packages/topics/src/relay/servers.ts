import type { Clock } from '@wirebeat/core'

/** How often a server says that it is there, in milliseconds. */
const ALIVE = 5_000
/** After how long without a word it is taken for gone. */
const GONE = 12_500

/** Another server. */
interface Peer {
  readonly name: string
  heardAt: number
}

/** The other servers, as far as they have said that they are there. */
export class Servers {
  readonly #clock: Clock
  readonly #sayAlive: () => Promise<void>
  readonly #onGone: (run: string, name: string) => void
  readonly #peers = new Map<string, Peer>()
  #cancel: (() => void) | undefined
  /** Whether the broker has taken the latest word of this server. */
  #isHeard = true

  /** @param sayAlive resolves when the broker has taken it */
  constructor(
    clock: Clock,
    sayAlive: () => Promise<void>,
    onGone: (run: string, name: string) => void,
  ) {
    this.#clock = clock
    this.#sayAlive = sayAlive
    this.#onGone = onGone
  }

  /** The runs of the servers that are there. */
  get runs(): string[] {
    return [...this.#peers.keys()]
  }

  has(run: string): boolean {
    return this.#peers.has(run)
  }

  nameOf(run: string): string | undefined {
    return this.#peers.get(run)?.name
  }

  heard(run: string, name: string): void {
    const peer = this.#peers.get(run)
    if (peer === undefined) this.#peers.set(run, { name, heardAt: this.#clock.now() })
    else peer.heardAt = this.#clock.now()
  }

  left(run: string): void {
    const peer = this.#peers.get(run)
    if (peer === undefined) return
    this.#peers.delete(run)
    this.#onGone(run, peer.name)
  }

  /** The backplane can be used. Nobody could be heard before. */
  up(): void {
    this.#begin()
    this.#isHeard = true
    this.down()
    this.#cancel = this.#clock.schedule(() => this.#look(), ALIVE)
  }

  down(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  close(): void {
    this.down()
    this.#peers.clear()
  }

  #begin(): void {
    const now = this.#clock.now()
    for (const peer of this.#peers.values()) peer.heardAt = now
  }

  #look(): void {
    // Where this server cannot speak, others cannot either, and nobody knows that they are gone.
    if (!this.#isHeard) this.#begin()
    const since = this.#clock.now() - GONE
    for (const [run, { heardAt }] of this.#peers) if (heardAt < since) this.left(run)
    this.#isHeard = false
    this.#sayAlive().then(
      () => {
        this.#isHeard = true
      },
      () => {},
    )
    this.#cancel = this.#clock.schedule(() => this.#look(), ALIVE)
  }
}
