import { setTimeout as delay } from 'node:timers/promises'
import { Stopwatch } from '@wirebeat/test-support/measure'
import { type Board, Client } from './client.ts'
import type { Closes, Connected, ConnectOptions, GroupReport, Swamp } from './protocol.ts'

/** Fewer than a server's backlog holds. */
const AT_A_TIME = 64
const PATIENCE = 30_000
/** Clients that send at a pace do so in so many parts, one after the other. */
const SLICES = 10

/** Clients that do the same. */
export class Group {
  readonly #clients: Client[] = []
  readonly #board: Board = { stopwatch: new Stopwatch(), failure: undefined, closes: new Map() }
  #pacemaker: NodeJS.Timeout | undefined

  async connect(
    count: number,
    { atATime = AT_A_TIME, patience = PATIENCE, ...options }: ConnectOptions,
  ): Promise<Connected> {
    let left = count
    const openSome = async (): Promise<void> => {
      while (left-- > 0) {
        const client = new Client(options, this.#board)
        this.#clients.push(client)
        await Promise.race([client.settled, delay(patience, undefined, { ref: false })])
      }
    }
    await Promise.all(Array.from({ length: atATime }, openSome))
    return this.handshakes()
  }

  handshakes(): Connected {
    this.#check()
    const refused: Record<string, number> = {}
    for (const { state, status } of this.#clients) {
      if (state === 'refused') refused[String(status)] = (refused[String(status)] ?? 0) + 1
    }
    return {
      open: this.#count('open'),
      refused,
      failed: this.#count('ended'),
      waiting: this.#count('connecting'),
    }
  }

  exchange(pace: number): void {
    clearInterval(this.#pacemaker)
    if (pace === 0) {
      for (const client of this.#clients) client.send(true)
      return
    }
    let turn = 0
    this.#pacemaker = setInterval(() => {
      for (let index = turn; index < this.#clients.length; index += SLICES) {
        this.#clients[index]?.send(false)
      }
      turn = (turn + 1) % SLICES
    }, pace / SLICES)
  }

  hush(): void {
    clearInterval(this.#pacemaker)
    for (const client of this.#clients) client.hush()
  }

  flood(messageSize: number): void {
    for (const client of this.#clients) client.flood(messageSize)
  }

  swamp(kind: Swamp): void {
    for (const client of this.#clients) client.swamp(kind)
  }

  begin(): void {
    this.#board.stopwatch.reset()
    for (const client of this.#clients) client.echoes = 0
  }

  report(): GroupReport {
    this.#check()
    let echoes = 0
    let fewestEchoes = Number.MAX_SAFE_INTEGER
    for (const client of this.#clients) {
      echoes += client.echoes
      if (client.state === 'open') fewestEchoes = Math.min(fewestEchoes, client.echoes)
    }
    const latency = this.#board.stopwatch.latency()
    return { open: this.#count('open'), echoes, fewestEchoes, latency }
  }

  closes(): Closes {
    this.#check()
    let others = 0
    for (const [code, times] of this.#board.closes) if (code !== 1001) others += times.length
    return { code1001: this.#board.closes.get(1001) ?? [], others }
  }

  async leave(how: 'mixed' | 'reset'): Promise<void> {
    clearInterval(this.#pacemaker)
    const leaving = this.#clients.splice(0)
    await Promise.all(leaving.map((one, index) => one.leave(how === 'mixed' && index % 2 === 0)))
  }

  #count(state: Client['state']): number {
    return this.#clients.filter((client) => client.state === state).length
  }

  /** A client that was sent what it did not expect makes the whole test void. */
  #check(): void {
    if (this.#board.failure !== undefined) throw this.#board.failure
  }
}
