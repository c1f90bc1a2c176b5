import { setTimeout as delay } from 'node:timers/promises'
import type { Adapter } from '@wirebeat/test-support'
import { runtimeOf } from '@wirebeat/test-support/adapter-names'
import type { Child } from '@wirebeat/test-support/process'
import { expect } from 'vitest'
import type {
  Clients,
  ClientsQuestions,
  HubQuestions,
  HubReady,
  HubSettings,
} from '../src/hub/protocol.ts'
import { HUB_PATH } from '../src/hub/protocol.ts'
import type { Closed } from '../src/server-protocol.ts'
import type { Standstill } from '../src/standstills.ts'
import { eventually } from './eventually.ts'
import { start } from './program.ts'

/** Milliseconds that a machine which is busy may take. None of these is a bound that a test holds. */
const ANSWER = 120_000
const EXIT = 60_000
const COMEBACK = 120_000

export const HOST = '127.0.0.1'

/** A hub in a process of its own. */
export class HubProcess {
  readonly port: number
  readonly #child: Child<HubQuestions>

  private constructor(child: Child<HubQuestions>, port: number) {
    this.#child = child
    this.port = port
  }

  static async start({ name }: Adapter): Promise<HubProcess> {
    const settings: HubSettings = { adapter: name, host: HOST }
    const runtime = runtimeOf(name)
    const started = start<HubQuestions, HubReady>('hub/server.js', settings, { runtime })
    const { child, ready } = await started
    return new HubProcess(child, ready.port)
  }

  /** Waits until that many connections are open. */
  async holds(count: number): Promise<void> {
    const what = `${count} open connections of the hub`
    await eventually(what, COMEBACK, async () => (await this.#child.ask('open', ANSWER)) === count)
  }

  /** When each connection has opened, in order. */
  opened(): Promise<readonly number[]> {
    return this.#child.ask('opened', ANSWER)
  }

  standstills(): Promise<readonly Standstill[]> {
    return this.#child.ask('standstills', ANSWER)
  }

  async tell(text: string): Promise<void> {
    await this.#child.ask('tell', ANSWER, text)
  }

  /** Ends the process as no server expects it, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.signal('SIGKILL')
    expect(await this.#child.exited).toEqual({ code: null, signal: 'SIGKILL', errors: '' })
  }

  /** Closes the endpoint, and sees the process exit by itself, without an error. */
  async close(deadline: number, spread: number): Promise<Closed> {
    const closed = await this.#child.ask('close', deadline + ANSWER, deadline, spread)
    const late = delay(EXIT, 'it did not exit by itself', { ref: false })
    const exit = await Promise.race([this.#child.exited, late])
    expect(exit).toEqual({ code: 0, signal: null, errors: '' })
    return closed
  }
}

/** Official clients that come back by themselves, in a process of their own. */
export class HubClientsProcess {
  readonly #child: Child<ClientsQuestions>

  private constructor(child: Child<ClientsQuestions>) {
    this.#child = child
  }

  static async start(): Promise<HubClientsProcess> {
    const { child } = await start<ClientsQuestions, void>('hub/clients.js', {})
    return new HubClientsProcess(child)
  }

  async connect(port: number, count: number): Promise<void> {
    await this.#child.ask('connect', ANSWER, `http://${HOST}:${port}${HUB_PATH}`, count)
  }

  /** Waits until so many were told that they are back, or some have given up. */
  back(count: number): Promise<Clients> {
    return eventually(`${count} clients to be back`, COMEBACK, async () => {
      const clients = await this.#child.ask('clients', ANSWER)
      return (clients.back.length >= count || clients.closed.length > 0) && clients
    })
  }

  /** Has every client call the hub, and returns how many had the right answer. */
  call(): Promise<number> {
    return this.#child.ask('call', ANSWER)
  }

  /** Waits until so many have heard a text, and returns how often it was heard in all. */
  async heard(text: string, count: number): Promise<number> {
    const [, times] = await eventually(`${count} clients to hear`, COMEBACK, async () => {
      const heard = await this.#child.ask('heard', ANSWER, text)
      return heard[0] >= count && heard
    })
    return times
  }

  standstills(): Promise<readonly Standstill[]> {
    return this.#child.ask('standstills', ANSWER)
  }
}
