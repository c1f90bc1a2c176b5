import process from 'node:process'
import { createEndpoint, echo } from '@wirebeat/core'
import { serve, type TransportListener } from '@wirebeat/core/adapter'
import { ManualClock } from '@wirebeat/core/testing'
import { Progress } from '@wirebeat/progress'
import { median } from '@wirebeat/test-support/measure'
import { DiscardingTransport, open } from './discarding-transport.ts'

/** X, in milliseconds. */
const INTERVAL = 10_000
/** Parts of X in which the clock moves on. */
const PARTS = 64

const SIZES: readonly number[] = [1_000, 1_000_000]
/** Events of each size in each round. */
const EVENTS = 4_000_000

/**
 * What a ping or a pong costs the heartbeat with a thousand and with a million connections: whole
 * endpoints on a driven clock, with transports that do nothing. Returns a table.
 */
export function simulateHeartbeat(rounds: number): string {
  const progress = new Progress(SIZES.length * (rounds + 2))
  let done = 0
  const crowds = SIZES.map((size) => {
    progress.tell(`opening ${size} connections`, done++)
    return { size, crowd: new Crowd(size), costs: [] as number[] }
  })
  for (let round = 0; round <= rounds; round++) {
    for (const { size, crowd, costs } of crowds) {
      progress.tell(round === 0 ? `warm-up, ${size}` : `round ${round}, ${size}`, done++)
      const cost = crowd.measure(EVENTS)
      if (round > 0) costs.push(cost)
    }
  }
  progress.end()
  const costs = crowds.map((crowd) => median(crowd.costs) ?? Number.NaN)
  const [control = Number.NaN] = costs
  return [
    '| connections | CPU ns/event | ratio |',
    '| ---: | ---: | ---: |',
    ...costs.map(
      (cost, index) => `| ${SIZES[index]} | ${cost.toFixed(0)} | ${(cost / control).toFixed(2)} |`,
    ),
  ].join('\n')
}

/** The connections of one endpoint. */
class Crowd {
  readonly #clock = new ManualClock()
  readonly #answering: TransportListener[] = []

  constructor(size: number) {
    const endpoint = createEndpoint({
      session: echo(),
      keepAliveInterval: INTERVAL,
      clock: this.#clock,
    })
    const served = serve(endpoint)
    for (let index = 0; index < size; index++) {
      open(served, new IdleTransport(this.#answering))
    }
  }

  /** Lets time pass until there were so many pings and pongs; returns what each took, in ns. */
  measure(events: number): number {
    let count = 0
    const start = process.cpuUsage()
    while (count < events) {
      this.#clock.advance(INTERVAL / PARTS)
      for (const listener of this.#answering) listener.ponged()
      count += 2 * this.#answering.length
      this.#answering.length = 0
    }
    const { user, system } = process.cpuUsage(start)
    return ((user + system) * 1_000) / count
  }
}

/** A connection whose peer does nothing but answer pings. */
class IdleTransport extends DiscardingTransport {
  readonly #answering: TransportListener[]

  constructor(answering: TransportListener[]) {
    super()
    this.#answering = answering
  }

  override ping(): void {
    if (this.listener !== undefined) this.#answering.push(this.listener)
  }

  override terminate(): void {
    throw new Error('a connection was ended that had answered every ping')
  }
}
