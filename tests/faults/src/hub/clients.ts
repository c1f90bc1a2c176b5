// A process full of official clients, for a test to drive.
import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { answerQuestions } from '@wirebeat/test-support/process'
import { monotonic } from '../monotonic.ts'
import { Standstills } from '../standstills.ts'
import type { Clients, ClientsQuestions } from './protocol.ts'

/** How many connect at a time in the beginning. */
const AT_A_TIME = 50

/** A client that comes back by itself, and what it is told meanwhile. */
class Client {
  readonly #connection: HubConnection
  readonly #heard = new Map<string, number>()
  #firstId: string | null = null
  isConnected = false
  closed: string | undefined
  left: number | undefined
  back: number | undefined

  constructor(url: string) {
    this.#connection = new HubConnectionBuilder()
      .withUrl(url)
      .withAutomaticReconnect()
      .configureLogging(LogLevel.None)
      .build()
    this.#connection.on('told', (text: string) => {
      this.#heard.set(text, this.heard(text) + 1)
    })
    this.#connection.onreconnecting(() => {
      this.isConnected = false
      this.left ??= monotonic()
    })
    this.#connection.onreconnected(() => {
      this.isConnected = true
      this.back = monotonic()
    })
    this.#connection.onclose((error) => {
      this.isConnected = false
      this.closed = error?.message ?? 'without an error'
    })
  }

  get hasFirstId(): boolean {
    return this.#connection.connectionId === this.#firstId
  }

  async start(): Promise<void> {
    await this.#connection.start()
    this.isConnected = true
    this.#firstId = this.#connection.connectionId
  }

  async twice(number: number): Promise<unknown> {
    return this.#connection.invoke('twice', number).catch((error: Error) => error.message)
  }

  heard(text: string): number {
    return this.#heard.get(text) ?? 0
  }
}

const standstills = new Standstills()
const all: Client[] = []

answerQuestions<ClientsQuestions>(undefined, {
  async connect(url, count) {
    const waiting = Array.from({ length: count }, () => new Client(url))
    all.push(...waiting)
    const rest = waiting.values()
    const lane = async (): Promise<void> => {
      for (const client of rest) await client.start()
    }
    await Promise.all(Array.from({ length: AT_A_TIME }, lane))
  },
  clients(): Clients {
    const times = (moments: readonly (number | undefined)[]): readonly number[] =>
      moments.filter((moment) => moment !== undefined).toSorted((a, b) => a - b)
    return {
      connected: all.filter(({ isConnected }) => isConnected).length,
      closed: all.flatMap(({ closed }) => closed ?? []),
      left: times(all.map(({ left }) => left)),
      back: times(all.map(({ back }) => back)),
      sameIds: all.filter(({ hasFirstId }) => hasFirstId).length,
    }
  },
  async call() {
    const answers = await Promise.all(all.map((client, index) => client.twice(index)))
    return answers.filter((answer, index) => answer === 2 * index).length
  },
  heard(text) {
    const times = all.map((client) => client.heard(text))
    return [times.filter((count) => count > 0).length, times.reduce((a, b) => a + b, 0)]
  },
  standstills: () => standstills.all,
})
