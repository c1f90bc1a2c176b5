import { setTimeout as delay } from 'node:timers/promises'
import type { Adapter } from '@wirebeat/test-support'
import { runtimeOf } from '@wirebeat/test-support/adapter-names'
import type { Child } from '@wirebeat/test-support/process'
import { expect } from 'vitest'
import { monotonic } from '../src/monotonic.ts'
import type {
  Census,
  Closed,
  Ended,
  Memory,
  Received,
  ServerEvent,
  ServerQuestions,
  ServerReady,
  ServerSettings,
} from '../src/server-protocol.ts'
import type { Standstill } from '../src/standstills.ts'
import { eventually } from './eventually.ts'
import { type Surroundings, start } from './program.ts'

/** Milliseconds that a machine which is busy may take. None of these is a bound that a test holds. */
const ANSWER = 120_000
const CONNECT = 60_000
const EXIT = 60_000

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
    const { child, ready } = await start<ServerQuestions, ServerReady>('server.js', complete, {
      ...surroundings,
      runtime: runtimeOf(adapter.name),
    })
    return new ServerProcess(child, complete.host, ready.port)
  }

  /** Everything that has happened so far, in order. */
  async events(): Promise<readonly ServerEvent[]> {
    for (const event of await this.#child.ask('events', ANSWER)) this.#events.push(event)
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
      return ends.length >= count && ends
    })
  }

  census(): Promise<Census> {
    return this.#child.ask('census', ANSWER)
  }

  /** When the process had no turn. */
  standstills(): Promise<readonly Standstill[]> {
    return this.#child.ask('standstills', ANSWER)
  }

  /** Waits until that many connections are open. */
  async holds(count: number): Promise<void> {
    const what = `${count} open connections`
    await eventually(what, CONNECT, async () => (await this.census()).open === count)
  }

  /** What the session that records has been handed. */
  received(): Promise<readonly Received[]> {
    return this.#child.ask('received', ANSWER)
  }

  waiting(): Promise<number> {
    return this.#child.ask('waiting', ANSWER)
  }

  async admit(): Promise<void> {
    await this.#child.ask('admit', ANSWER)
  }

  memory(): Promise<Memory> {
    return this.#child.ask('memory', ANSWER)
  }

  peak(): Promise<number> {
    return this.#child.ask('peak', ANSWER)
  }

  close(deadline: number, spread = 0): Promise<Closed> {
    return this.#child.ask('close', deadline + ANSWER, deadline, spread)
  }

  /** Stops the process, or lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): number {
    this.#child.signal(name)
    return monotonic()
  }

  /** Ends the process as no server expects it, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.signal('SIGKILL')
    expect(await this.#child.exited).toEqual({ code: null, signal: 'SIGKILL', errors: '' })
  }

  /**
   * Holds what every server owes once its endpoint is closed: an exit by itself, with 0. Nothing may
   * stand on its standard error, where the endpoint writes the errors that it reports as well.
   *
   * @returns the milliseconds until then
   */
  async exits(): Promise<number> {
    const from = monotonic()
    const late = delay(EXIT, 'it did not exit by itself', { ref: false })
    const exit = await Promise.race([this.#child.exited, late])
    expect(exit).toEqual({ code: 0, signal: null, errors: '' })
    return monotonic() - from
  }

  /** Closes whatever is left, and sees the process exit. */
  async leave(): Promise<void> {
    await this.close(2_000)
    await this.exits()
  }
}
