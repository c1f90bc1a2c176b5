import type { Child } from '@wirebeat/bench/child'
import type {
  ConnectQuestion,
  Diary,
  ReconnectingQuestions,
  Standstill,
} from '../src/reconnecting/protocol.ts'
import { eventually } from './eventually.ts'
import { type Surroundings, start } from './program.ts'

const ANSWER = 60_000

/** Clients that connect again, in a process of their own. */
export class ReconnectingProcess {
  readonly #child: Child<ReconnectingQuestions>

  private constructor(child: Child<ReconnectingQuestions>) {
    this.#child = child
  }

  static async start(surroundings?: Surroundings): Promise<ReconnectingProcess> {
    const path = 'reconnecting/main.js'
    const { child } = await start<ReconnectingQuestions, object>(path, {}, surroundings)
    return new ReconnectingProcess(child)
  }

  /** Begins to connect. */
  async connect(question: ConnectQuestion): Promise<void> {
    await this.#child.ask('connect', question, ANSWER)
  }

  /** Waits until all of these are connected. */
  async areOpen(names: readonly string[], bound = 15_000): Promise<void> {
    await eventually(
      `${names.length} clients, ${names[0]} and others, to be connected`,
      bound,
      async () => {
        const { open } = await this.#child.ask('open', { names }, ANSWER)
        return open === names.length ? true : undefined
      },
    )
  }

  async diaries(names: readonly string[]): Promise<readonly Diary[]> {
    return (await this.#child.ask('diaries', { names }, ANSWER)).diaries
  }

  /** When the process had no turn. */
  async standstills(): Promise<readonly Standstill[]> {
    return (await this.#child.ask('standstills', {}, ANSWER)).standstills
  }

  /** Ends all of these, once they have said and heard what is left. */
  async close(names: readonly string[]): Promise<void> {
    await this.#child.ask('close', { names }, ANSWER)
  }
}
