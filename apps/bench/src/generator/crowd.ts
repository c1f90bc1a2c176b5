import { Stopwatch } from '@wirebeat/test-support/measure'
import { type Moment, moment } from '../moment.ts'
import type { Report, Traffic } from '../protocol.ts'
import { Client, type Scoreboard } from './client.ts'
import { RingPool } from './ring-pool.ts'

/** Handshakes under way at a time: fewer than a server's backlog holds. */
const AT_A_TIME = 64
const READ_BUFFER = 256 * 1024

/** All connections of the load generator. */
export class Crowd {
  readonly #clients: Client[] = []
  readonly #board: Scoreboard = {
    messages: 0,
    connections: 0,
    failure: undefined,
    stopwatch: new Stopwatch(),
    buffer: Buffer.alloc(READ_BUFFER),
  }

  /** Opens connections; returns the milliseconds from the first to the last. */
  async connect(port: number, count: number, traffic: Traffic): Promise<number> {
    const pool = new RingPool(traffic)
    const rings = Array.from({ length: count }, () => pool.next())
    const start = performance.now()
    const openSome = async (): Promise<void> => {
      for (let ring = rings.pop(); ring !== undefined; ring = rings.pop()) {
        this.#clients.push(await Client.open(port, traffic, ring, this.#board))
        this.#check()
      }
    }
    await Promise.all(Array.from({ length: AT_A_TIME }, openSome))
    return performance.now() - start
  }

  exchange(): void {
    for (const client of this.#clients) client.start()
  }

  begin(): Moment {
    this.#board.messages = 0
    this.#board.stopwatch.reset()
    return moment()
  }

  report(): Report {
    const { at, cpu } = moment()
    this.#check()
    const { messages, stopwatch } = this.#board
    const open = this.#clients.filter((client) => client.isOpen).length
    return { at, cpu, messages, open, latency: stopwatch.latency() }
  }

  async disconnect(): Promise<void> {
    this.#check()
    await Promise.all(this.#clients.splice(0).map((client) => client.end()))
  }

  /** One connection that does not do what it should makes the whole measurement void. */
  #check(): void {
    if (this.#board.failure !== undefined) throw this.#board.failure
  }
}
