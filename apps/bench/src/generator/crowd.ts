import { setTimeout as delay } from 'node:timers/promises'
import { Stopwatch } from '@wirebeat/test-support/measure'
import { broadcastMessages } from '../broadcast.ts'
import { exchangeOf, hubMessage, isHub } from '../dialect.ts'
import { type Moment, moment } from '../moment.ts'
import type { Audience, Report, Route, Traffic } from '../protocol.ts'
import { Arrivals } from './arrivals.ts'
import { Client, type Scoreboard } from './client.ts'
import { Listener } from './listener.ts'
import { PacedClient } from './paced-client.ts'
import { RingPool } from './ring-pool.ts'
import { Schedule } from './schedule.ts'
import { Sessions } from './sessions.ts'
import { Tokens } from './tokens.ts'
import type { Wire } from './wire.ts'

/** Handshakes under way at a time: fewer than a server's backlog holds. */
const AT_A_TIME = 64
/** Milliseconds from one look at what is not answered yet to the next. */
const SETTLE = 10
const READ_BUFFER = 256 * 1024

/** All connections of the load generator. */
export class Crowd {
  readonly #clients: Client[] = []
  readonly #listeners: Listener[] = []
  readonly #paced: PacedClient[] = []
  #schedule: Schedule | undefined
  #arrivals: Arrivals | undefined
  readonly #board: Scoreboard = {
    messages: 0,
    connections: 0,
    failure: undefined,
    stopwatch: new Stopwatch(),
    buffer: Buffer.alloc(READ_BUFFER),
    sessions: new Sessions(),
    tokens: new Tokens(),
  }

  /** Opens connections; returns the milliseconds from the first to the last. */
  async connect(port: number, count: number, traffic: Traffic): Promise<number> {
    const pool = new RingPool(traffic)
    const rings = Array.from({ length: count }, () => pool.next())
    const start = performance.now()
    await this.#prepare(port, count, traffic)
    await this.#atATime(count, (opened) => {
      // As many as there are to open.
      const ring = rings.pop() ?? pool.next()
      if (traffic.perSecond === undefined) {
        this.#clients.push(new Client(port, traffic, ring, this.#board, opened))
      } else {
        const onAnswer = (due: number): void => this.#schedule?.answered(due)
        this.#paced.push(new PacedClient(port, traffic, ring, this.#board, onAnswer, opened))
      }
    })
    if (traffic.perSecond !== undefined) {
      this.#schedule = new Schedule(this.#paced, traffic.perSecond)
    }
    return performance.now() - start
  }

  /** Opens connections that listen to a broadcast. */
  async listen(port: number, count: number, audience: Audience): Promise<void> {
    const { dialect, broadcast, deaf } = audience
    const frames = broadcastMessages(broadcast.size).map((text) =>
      isHub(dialect) ? hubMessage(text) : exchangeOf(dialect, 'text', Buffer.from(text), 0).echo,
    )
    const arrivals = new Arrivals(count - deaf, (number) => {
      // The next turn follows when all of this one have come.
      const isLast = number % broadcast.together === broadcast.together - 1
      if (isLast && broadcast.perSecond === undefined) this.#listeners[0]?.answer()
    })
    this.#arrivals = arrivals
    await this.#prepare(port, count, audience)
    await this.#atATime(count, (opened) => {
      this.#listeners.push(new Listener(port, audience, frames, arrivals, this.#board, opened))
    })
    for (const listener of this.#listeners.slice(count - deaf)) listener.becomeDeaf()
  }

  exchange(): void {
    for (const client of this.#clients) client.start()
    this.#schedule?.start()
  }

  /** Sends nothing more of what is due at a rate; returns when that was. Resolves when all is answered. */
  async settle(): Promise<Moment> {
    const stopped = moment()
    this.#schedule?.stop()
    while ((this.#schedule?.unanswered ?? 0) > 0) {
      this.#check()
      await delay(SETTLE)
    }
    return stopped
  }

  begin(): Moment {
    this.#board.messages = 0
    this.#board.stopwatch.reset()
    this.#arrivals?.reset()
    this.#schedule?.reset()
    return moment()
  }

  report(): Report {
    const { at, cpu } = moment()
    this.#check()
    const { messages, stopwatch } = this.#board
    const open = this.#all.filter((one) => one.isOpen).length
    const schedule = this.#schedule
    return {
      at,
      cpu,
      messages: messages + (this.#arrivals?.messages ?? 0) + (schedule?.messages ?? 0),
      open,
      latency: schedule === undefined ? stopwatch.latency() : schedule.latency(),
      delay: schedule?.delay,
    }
  }

  lasts(): readonly (readonly [number: number, at: number])[] {
    return this.#arrivals?.lasts ?? []
  }

  async disconnect(): Promise<void> {
    this.#check()
    this.#schedule?.stop()
    const all = this.#all
    for (const some of [this.#clients, this.#listeners, this.#paced]) some.length = 0
    await Promise.all(all.map((one) => one.end()))
    this.#board.sessions.end()
  }

  get #all(): readonly Wire[] {
    return [...this.#clients, ...this.#listeners, ...this.#paced]
  }

  async #prepare(port: number, count: number, { carrier, dialect }: Route): Promise<void> {
    if (dialect === 'hub, stateful') await this.#board.tokens.negotiate(port, count)
    if (carrier === 'HTTP/2') await this.#board.sessions.open(port, count)
  }

  /**
   * Opens so many connections, some at a time.
   *
   * @param open calls what it is handed when the connection is open, or has failed
   */
  async #atATime(count: number, open: (opened: () => void) => void): Promise<void> {
    let left = count
    const openSome = async (): Promise<void> => {
      while (left-- > 0) {
        await new Promise<void>(open)
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
