import type { Child } from '@wirebeat/bench/child'
import type { CloseReport } from '@wirebeat/core'
import { expect } from 'vitest'
import type { Adapter } from '../src/adapters.ts'
import { monotonic } from '../src/monotonic.ts'
import type {
  Census,
  Ended,
  Memory,
  Received,
  ServerEvent,
  ServerQuestions,
  ServerReady,
  ServerSettings,
} from '../src/server-protocol.ts'
import { eventually } from './eventually.ts'
import { type Surroundings, start } from './program.ts'

const ANSWER = 30_000

/** A server in a process of its own. */
export class ServerProcess {
  readonly host: string
  readonly port: number
  readonly #child: Child<ServerQuestions>
  readonly #events: ServerEvent[] = []

  private constructor(child: Child<ServerQuestions>, host: string, port: number) {
    this.#child = child
    this.host = host
    this.port = port
  }

  static async start(
    adapter: Adapter,
    settings: Omit<ServerSettings, 'adapter' | 'host'> & { readonly host?: string },
    surroundings?: Surroundings,
  ): Promise<ServerProcess> {
    const complete = { adapter: adapter.name, host: '127.0.0.1', ...settings }
    const { child, ready } = await start<ServerQuestions, ServerReady>(
      'server.js',
      complete,
      surroundings,
    )
    return new ServerProcess(child, complete.host, ready.port)
  }

  /** Everything that has happened so far, in order. */
  async events(): Promise<readonly ServerEvent[]> {
    const { events } = await this.#child.ask('events', {}, ANSWER)
    for (const event of events) this.#events.push(event)
    return this.#events
  }

  /** The ends so far. */
  async ends(): Promise<readonly Ended[]> {
    return (await this.events()).filter((event) => event.kind === 'close')
  }

  /** Waits until so many connections have ended. */
  endsOf(count: number, bound: number): Promise<readonly Ended[]> {
    return eventually(`${count} ends`, bound, async () => {
      const ends = await this.ends()
      return ends.length >= count ? ends : undefined
    })
  }

  census(): Promise<Census> {
    return this.#child.ask('census', {}, ANSWER)
  }

  /** Waits until that many connections are open. */
  async holds(count: number, bound = 10_000): Promise<void> {
    await eventually(`${count} open connections`, bound, async () =>
      (await this.census()).open === count ? true : undefined,
    )
  }

  /** What the session that records has been handed. */
  async received(): Promise<readonly Received[]> {
    return (await this.#child.ask('received', {}, ANSWER)).received
  }

  async waiting(): Promise<number> {
    return (await this.#child.ask('waiting', {}, ANSWER)).waiting
  }

  async admit(): Promise<number> {
    return (await this.#child.ask('admit', {}, ANSWER)).admitted
  }

  memory(): Promise<Memory> {
    return this.#child.ask('memory', {}, ANSWER)
  }

  async peak(): Promise<number> {
    return (await this.#child.ask('peak', {}, ANSWER)).resident
  }

  close(deadline: number, spread = 0): Promise<CloseReport> {
    return this.#child.ask('close', { deadline, spread }, deadline + ANSWER)
  }

  /** Stops the process, or lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): number {
    this.#child.signal(name)
    return monotonic()
  }

  /** Ends the process as no server expects it, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.signal('SIGKILL')
    await this.#child.exited
  }

  /**
   * Holds what every server owes at its end, whatever a test was about: nothing that it reported as an
   * error, and, once its endpoint is closed, an exit by itself, with 0 and without a word.
   */
  async exits(bound = 15_000): Promise<number> {
    const from = monotonic()
    const timeout = AbortSignal.timeout(bound)
    const late = new Promise<'it did not exit by itself'>((resolve) => {
      timeout.addEventListener('abort', () => resolve('it did not exit by itself'))
    })
    expect(await Promise.race([this.#child.exited, late])).toEqual({ code: 0, errors: '' })
    return monotonic() - from
  }

  /** Closes whatever is left, and sees the process exit. */
  async leave(): Promise<void> {
    const events = await this.events()
    expect(events.filter(({ kind }) => kind === 'error')).toEqual([])
    await this.close(2_000)
    await this.exits()
  }
}
