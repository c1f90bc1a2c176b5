import type { Child } from '@wirebeat/test-support/process'
import { expect } from 'vitest'
import type {
  Closes,
  Connected,
  ConnectOptions,
  CrowdQuestions,
  GroupReport,
  Swamp,
} from '../src/crowd/protocol.ts'
import { monotonic } from '../src/monotonic.ts'
import type { Standstill } from '../src/standstills.ts'
import { type Surroundings, start } from './program.ts'

/** Milliseconds: ten thousand handshakes take a minute on a machine that is busy. */
const ANSWER = 240_000

/** Clients in a process of their own. */
export class CrowdProcess {
  readonly #child: Child<CrowdQuestions>

  private constructor(child: Child<CrowdQuestions>) {
    this.#child = child
  }

  static async start(surroundings?: Surroundings): Promise<CrowdProcess> {
    const { child } = await start<CrowdQuestions, void>('crowd/main.js', {}, surroundings)
    return new CrowdProcess(child)
  }

  /** Connects clients, all of which must be let in. */
  async connect(group: string, count: number, options: ConnectOptions): Promise<void> {
    const connected = await this.tryToConnect(group, count, options)
    expect(connected).toEqual({ open: count, refused: {}, failed: 0, waiting: 0 })
  }

  /** Connects clients, and tells what became of them. */
  tryToConnect(group: string, count: number, options: ConnectOptions): Promise<Connected> {
    return this.#child.ask('connect', ANSWER, group, count, options)
  }

  handshakes(group: string): Promise<Connected> {
    return this.#child.ask('handshakes', ANSWER, group)
  }

  /** @param pace milliseconds from message to message; with 0 as fast as the echoes come */
  async exchange(group: string, pace: number): Promise<void> {
    await this.#child.ask('exchange', ANSWER, group, pace)
  }

  async hush(group: string): Promise<void> {
    await this.#child.ask('hush', ANSWER, group)
  }

  async flood(group: string, messageSize: number): Promise<void> {
    await this.#child.ask('flood', ANSWER, group, messageSize)
  }

  /** Sends small things without end. */
  async swamp(group: string, kind: Swamp): Promise<void> {
    await this.#child.ask('swamp', ANSWER, group, kind)
  }

  async begin(group: string): Promise<void> {
    await this.#child.ask('begin', ANSWER, group)
  }

  report(group: string): Promise<GroupReport> {
    return this.#child.ask('report', ANSWER, group)
  }

  closes(group: string): Promise<Closes> {
    return this.#child.ask('closes', ANSWER, group)
  }

  /** When the process had no turn. */
  standstills(): Promise<readonly Standstill[]> {
    return this.#child.ask('standstills', ANSWER)
  }

  async leave(group: string, how: 'mixed' | 'reset' = 'reset'): Promise<void> {
    await this.#child.ask('leave', ANSWER, group, how)
  }

  /** Stops the process, or lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): number {
    this.#child.signal(name)
    return monotonic()
  }
}
