import type { Child } from '@wirebeat/test-support/process'
import type { ConnectQuestion, Diary, ReconnectingQuestions } from '../src/reconnecting/protocol.ts'
import type { Standstill } from '../src/standstills.ts'
import { eventually } from './eventually.ts'
import { type Surroundings, start } from './program.ts'

/** Milliseconds. */
const ANSWER = 120_000
const CONNECT = 60_000

/** Clients that connect again, in a process of their own. */
export class ReconnectingProcess {
  readonly #child: Child<ReconnectingQuestions>

  private constructor(child: Child<ReconnectingQuestions>) {
    this.#child = child
  }

  static async start(surroundings?: Surroundings): Promise<ReconnectingProcess> {
    const path = 'reconnecting/main.js'
    const { child } = await start<ReconnectingQuestions, void>(path, {}, surroundings)
    return new ReconnectingProcess(child)
  }

  /** Begins to connect. */
  async connect(question: ConnectQuestion): Promise<void> {
    await this.#child.ask('connect', ANSWER, question)
  }

  /** Waits until all of these are connected. */
  async areOpen(names: readonly string[]): Promise<void> {
    const what = `${names.length} clients, ${names[0]} and others, to be connected`
    await eventually(
      what,
      CONNECT,
      async () => (await this.#child.ask('open', ANSWER, names)) === names.length,
    )
  }

  diaries(names: readonly string[]): Promise<readonly Diary[]> {
    return this.#child.ask('diaries', ANSWER, names)
  }

  /** When the process had no turn. */
  standstills(): Promise<readonly Standstill[]> {
    return this.#child.ask('standstills', ANSWER)
  }

  /** Ends all of these, once they have said and heard what is left. */
  async close(names: readonly string[]): Promise<void> {
    await this.#child.ask('close', ANSWER, names)
  }
}
