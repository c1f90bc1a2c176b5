import type { Child } from '@wirebeat/bench/child'
import { expect } from 'vitest'
import type {
  Connected,
  ConnectQuestion,
  CrowdQuestions,
  GroupReport,
} from '../src/crowd/protocol.ts'
import { monotonic } from '../src/monotonic.ts'
import { type Surroundings, start } from './program.ts'

const ANSWER = 60_000

type Where = Omit<ConnectQuestion, 'group' | 'count'>

/** Clients in a process of their own. */
export class CrowdProcess {
  readonly #child: Child<CrowdQuestions>

  private constructor(child: Child<CrowdQuestions>) {
    this.#child = child
  }

  static async start(surroundings?: Surroundings): Promise<CrowdProcess> {
    const { child } = await start<CrowdQuestions, object>('crowd/main.js', {}, surroundings)
    return new CrowdProcess(child)
  }

  /** Connects clients, all of which must be let in. */
  async connect(group: string, count: number, where: Where): Promise<void> {
    const connected = await this.tryToConnect(group, count, where)
    expect(connected).toEqual({ open: count, refused: {}, failed: 0, waiting: 0 })
  }

  /** Connects clients, and tells what became of them. */
  tryToConnect(
    group: string,
    count: number,
    { host, port, from, answersClose, atATime, patience }: Where,
  ): Promise<Connected> {
    const options = { host, port, from, answersClose, atATime, patience }
    // JSON leaves out what is undefined.
    const question = { group, count, ...options } as ConnectQuestion
    return this.#child.ask('connect', question, ANSWER)
  }

  handshakes(group: string): Promise<Connected> {
    return this.#child.ask('handshakes', { group }, ANSWER)
  }

  /** @param pace milliseconds from message to message; with 0 as fast as the echoes come */
  async exchange(group: string, pace: number): Promise<void> {
    await this.#child.ask('exchange', { group, pace }, ANSWER)
  }

  async hush(group: string): Promise<void> {
    await this.#child.ask('hush', { group }, ANSWER)
  }

  async flood(group: string, messageSize: number): Promise<void> {
    await this.#child.ask('flood', { group, messageSize }, ANSWER)
  }

  async begin(group: string): Promise<void> {
    await this.#child.ask('begin', { group }, ANSWER)
  }

  report(group: string): Promise<GroupReport> {
    return this.#child.ask('report', { group }, ANSWER)
  }

  closes(group: string): Promise<CrowdQuestions['closes']['answer']> {
    return this.#child.ask('closes', { group }, ANSWER)
  }

  async leave(group: string, how: 'mixed' | 'reset' = 'reset'): Promise<void> {
    await this.#child.ask('leave', { group, how }, ANSWER)
  }

  /** Stops the process, or lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): number {
    this.#child.signal(name)
    return monotonic()
  }
}
