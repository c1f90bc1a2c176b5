import { Stopwatch } from '@wirebeat/test-support/measure'
import { broadcastMessages } from '../broadcast.ts'
import { exchangeOf, hubMessage } from '../dialect.ts'
import { type Moment, moment } from '../moment.ts'
import type { Audience, Report, Route, Traffic } from '../protocol.ts'
import { Arrivals } from './arrivals.ts'
import { Client, type Scoreboard } from './client.ts'
import { Listener } from './listener.ts'
import { RingPool } from './ring-pool.ts'
import { Sessions } from './sessions.ts'

/** Handshakes under way at a time: fewer than a server's backlog holds. */
const AT_A_TIME = 64
const READ_BUFFER = 256 * 1024

/** All connections of the load generator. */
export class Crowd {
  readonly #clients: Client[] = []
  readonly #listeners: Listener[] = []
  #arrivals: Arrivals | undefined
  readonly #board: Scoreboard = {
    messages: 0,
    connections: 0,
    failure: undefined,
    stopwatch: new Stopwatch(),
    buffer: Buffer.alloc(READ_BUFFER),
    sessions: new Sessions(),
  }

  /** Opens connections; returns the milliseconds from the first to the last. */
  async connect(port: number, count: number, traffic: Traffic): Promise<number> {
    const pool = new RingPool(traffic)
    const rings = Array.from({ length: count }, () => pool.next())
    const start = performance.now()
    await this.#prepare(port, count, traffic)
    await this.#atATime(count, async () => {
      // As many as there are to open.
      const ring = rings.pop() ?? pool.next()
      this.#clients.push(await Client.open(port, traffic, ring, this.#board))
    })
    return performance.now() - start
  }

  /** Opens connections that listen to a broadcast. */
  async listen(port: number, count: number, audience: Audience): Promise<void> {
    const { dialect, broadcast, deaf } = audience
    const frames = broadcastMessages(broadcast.size).map((text) =>
      dialect === 'hub' ? hubMessage(text) : exchangeOf(dialect, 'text', Buffer.from(text), 0).echo,
    )
    const arrivals = new Arrivals(count - deaf, (number) => {
      // The next turn follows when all of this one have come.
      const isLast = number % broadcast.together === broadcast.together - 1
      if (isLast && broadcast.perSecond === undefined) this.#listeners[0]?.answer()
    })
    this.#arrivals = arrivals
    await this.#prepare(port, count, audience)
    await this.#atATime(count, async () => {
      this.#listeners.push(await Listener.open(port, audience, frames, arrivals, this.#board))
    })
    for (const listener of this.#listeners.slice(count - deaf)) listener.becomeDeaf()
  }

  exchange(): void {
    for (const client of this.#clients) client.start()
  }

  begin(): Moment {
    this.#board.messages = 0
    this.#board.stopwatch.reset()
    this.#arrivals?.reset()
    return moment()
  }

  report(): Report {
    const { at, cpu } = moment()
    this.#check()
    const { messages, stopwatch } = this.#board
    const open = [...this.#clients, ...this.#listeners].filter((one) => one.isOpen).length
    return {
      at,
      cpu,
      messages: messages + (this.#arrivals?.messages ?? 0),
      open,
      latency: stopwatch.latency(),
    }
  }

  lasts(): readonly (readonly [number: number, at: number])[] {
    return this.#arrivals?.lasts ?? []
  }

  async disconnect(): Promise<void> {
    this.#check()
    const all = [...this.#clients.splice(0), ...this.#listeners.splice(0)]
    await Promise.all(all.map((one) => one.end()))
    this.#board.sessions.end()
  }

  async #prepare(port: number, count: number, { carrier }: Route): Promise<void> {
    if (carrier === 'HTTP/2') await this.#board.sessions.open(port, count)
  }

  /** Opens so many connections, some at a time. */
  async #atATime(count: number, open: () => Promise<void>): Promise<void> {
    let left = count
    const openSome = async (): Promise<void> => {
      while (left-- > 0) {
        await open()
        this.#check()
      }
    }
    await Promise.all(Array.from({ length: AT_A_TIME }, openSome))
  }

  /** One connection that does not do what it should makes the whole measurement void. */
  #check(): void {
    if (this.#board.failure !== undefined) throw this.#board.failure
  }
}
