import { setTimeout as delay } from 'node:timers/promises'
import { Stopwatch } from '@wirebeat/test-support/measure'
import { broadcastMessages } from '../broadcast.ts'
import { exchangeOf, hubMessage, isEvents, isHub, isNegotiated, isPolling } from '../dialect.ts'
import { type Moment, moment } from '../moment.ts'
import type { Audience, Report, Route, Traffic } from '../protocol.ts'
import { Arrivals } from './arrivals.ts'
import { Client, type Scoreboard } from './client.ts'
import { EventListener } from './event-listener.ts'
import { Listener } from './listener.ts'
import { negotiate } from './negotiate.ts'
import { PacedClient } from './paced-client.ts'
import type { Participant, Talker } from './participant.ts'
import { PollingClient } from './polling-client.ts'
import { RingPool } from './ring-pool.ts'
import { Schedule } from './schedule.ts'
import { Sessions } from './sessions.ts'

/** Handshakes under way at a time: fewer than a server's backlog holds. */
const AT_A_TIME = 64
/** Milliseconds from one look at what is not answered yet to the next. */
const SETTLE = 10
const READ_BUFFER = 256 * 1024

/** All connections of the load generator. */
export class Crowd {
  readonly #clients: Talker[] = []
  readonly #listeners: Listener[] = []
  readonly #eventListeners: EventListener[] = []
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
  }

  /** Opens connections; returns the milliseconds from the first to the last. */
  async connect(port: number, count: number, traffic: Traffic): Promise<number> {
    const pool = new RingPool(traffic)
    const rings = Array.from({ length: count }, () => pool.next())
    const start = performance.now()
    await this.#atATime(port, count, traffic, (token, opened) => {
      // As many as there are to open.
      const ring = rings.pop() ?? pool.next()
      const board = this.#board
      if (isEvents(traffic.dialect)) {
        this.#eventListeners.push(
          new EventListener(port, traffic, token, ring.echoes, board, () => {}, opened),
        )
      } else if (isPolling(traffic.dialect)) {
        this.#clients.push(new PollingClient(port, traffic, token, ring, board, opened))
      } else if (traffic.perSecond === undefined) {
        this.#clients.push(new Client(port, traffic, token, ring, board, opened))
      } else {
        const onAnswer = (due: number): void => this.#schedule?.answered(due)
        this.#paced.push(new PacedClient(port, traffic, token, ring, board, onAnswer, opened))
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
      if (isLast && broadcast.perSecond === undefined) {
        const [first] = [...this.#listeners, ...this.#eventListeners]
        first?.answer()
      }
    })
    this.#arrivals = arrivals
    const onEvents = (first: number, events: number): void => arrivals.add(first, events)
    await this.#atATime(port, count, audience, (token, opened) => {
      const board = this.#board
      if (isEvents(dialect)) {
        this.#eventListeners.push(
          new EventListener(port, audience, token, frames, board, onEvents, opened),
        )
      } else {
        this.#listeners.push(new Listener(port, audience, token, frames, arrivals, board, opened))
      }
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
    for (const some of [this.#clients, this.#listeners, this.#eventListeners, this.#paced]) {
      some.length = 0
    }
    await Promise.all(all.map((one) => one.end()))
    this.#board.sessions.end()
  }

  get #all(): readonly Participant[] {
    return [...this.#clients, ...this.#listeners, ...this.#eventListeners, ...this.#paced]
  }

  /**
   * Opens so many connections, some at a time. What is negotiated is opened at once.
   *
   * @param open calls `opened` when the connection is open, or has failed
   */
  async #atATime(
    port: number,
    count: number,
    { carrier, dialect }: Route,
    open: (token: string | undefined, opened: () => void) => void,
  ): Promise<void> {
    if (carrier === 'HTTP/2') await this.#board.sessions.open(port, count)
    let left = count
    const openSome = async (): Promise<void> => {
      while (left-- > 0) {
        const token = isNegotiated(dialect)
          ? await negotiate(port, dialect === 'hub, stateful')
          : undefined
        await new Promise<void>((opened) => open(token, opened))
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
