import { setTimeout } from 'node:timers/promises'
import type { AdapterName } from '@wirebeat/test-support/adapter-names'
import type { Arbitrary } from 'fast-check'
import { Bystander } from './bystander.ts'
import { frameInput } from './frame-input.ts'
import { FramePlayer } from './frame-player.ts'
import { handshakeInput } from './handshake-input.ts'
import { HandshakePlayer } from './handshake-player.ts'
import { hubInput } from './hub/input.ts'
import { json } from './hub/json.ts'
import { messagepack } from './hub/messagepack.ts'
import { HubPlayer } from './hub/player.ts'
import type { Input } from './input.ts'
import { type Complaint, Ledger } from './ledger.ts'
import { open } from './open.ts'
import type { Player, PlayerContext } from './player.ts'
import type { Memory } from './protocol.ts'
import { requestInput } from './request-input.ts'
import { RequestPlayer } from './request-player.ts'
import { ServerProcess } from './server-process.ts'
import { MAX_CONNECTIONS, OPEN_TIMEOUT } from './settings.ts'
import { Wire } from './wire.ts'

/** What is fuzzed. */
export type Kind = 'handshake' | 'framing' | 'json' | 'messagepack' | 'requests'
export const KINDS: readonly Kind[] = ['handshake', 'framing', 'json', 'messagepack', 'requests']

/** Random inputs of each kind. */
export const INPUTS: Readonly<Record<Kind, Arbitrary<Input>>> = {
  handshake: handshakeInput,
  framing: frameInput,
  json: hubInput(json),
  messagepack: hubInput(messagepack),
  requests: requestInput,
}

function makePlayer(kind: Kind, context: PlayerContext): Player {
  switch (kind) {
    case 'handshake':
      return new HandshakePlayer(context)
    case 'framing':
      return new FramePlayer(context)
    case 'json':
      return new HubPlayer(context, json)
    case 'messagepack':
      return new HubPlayer(context, messagepack)
    case 'requests':
      return new RequestPlayer(context)
  }
}

/** Connections that are played on at a time. */
const LANES = 64

/** How often each thing happened. */
export type Tally = Map<string, number>

/** A server, a bystander on it, and what is known of its connections. */
export class FuzzTarget {
  readonly #kind: Kind
  readonly #server: ServerProcess
  readonly #bystander: Bystander
  readonly #ledger = new Ledger()

  private constructor(kind: Kind, server: ServerProcess, bystander: Bystander) {
    this.#kind = kind
    this.#server = server
    this.#bystander = bystander
    this.#ledger.opened++
  }

  static async start(kind: Kind, adapter: AdapterName): Promise<FuzzTarget> {
    const server = await ServerProcess.start(adapter)
    return new FuzzTarget(kind, server, await Bystander.open(server))
  }

  async stop(): Promise<void> {
    this.#bystander.leave()
    await this.#server.stop()
  }

  /** Whether the server's process is gone. */
  get hasEnded(): boolean {
    return this.#server.fault !== undefined
  }

  memory(): Promise<Memory> {
    return this.#server.memory()
  }

  /** Echoes that the bystander has seen. */
  get echoes(): number {
    return this.#bystander.count
  }

  /** Plays all inputs, and looks at the server afterwards. */
  async run(inputs: readonly Input[], tally: Tally = new Map()): Promise<Complaint | undefined> {
    try {
      const complaint = (await this.#playAll(inputs, tally)) ?? (await this.#settle())
      // It throws when the server has ended, which explains all else.
      if (complaint !== undefined) await this.#server.report()
      return complaint ?? (await this.#probe())
    } catch (error) {
      return { what: this.#server.fault ?? `${error}` }
    }
  }

  /** Takes every place that there is, and gives all back. */
  async fill(): Promise<Complaint | undefined> {
    const server = this.#server
    // What was negotiated and not opened has a place until then.
    if (this.#kind === 'requests') await setTimeout(OPEN_TIMEOUT)
    for (const [port, places] of [
      // The bystander has one.
      [server.port(false), MAX_CONNECTIONS - 1],
      [server.port(true), MAX_CONNECTIONS],
      [server.hubPort, MAX_CONNECTIONS],
      [server.fallbackPort, MAX_CONNECTIONS],
    ] as const) {
      const complaint = (await this.#fillEndpoint(port, places)) ?? (await this.#settle())
      if (complaint !== undefined) return complaint
    }
    return undefined
  }

  async #playAll(inputs: readonly Input[], tally: Tally): Promise<Complaint | undefined> {
    const rest = inputs.values()
    let complaint: Complaint | undefined
    const lane = async (): Promise<void> => {
      const player = makePlayer(this.#kind, { server: this.#server, ledger: this.#ledger })
      for (const input of rest) {
        try {
          const what = await player.play(input)
          tally.set(what, (tally.get(what) ?? 0) + 1)
        } catch (error) {
          const what = error instanceof Error ? error.message : `${error}`
          complaint ??= { what, input, before: player.before }
        }
        if (complaint !== undefined) break
      }
      player.leave()
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    return complaint
  }

  /** Waits until the server has let go of every connection but the bystander's. */
  async #settle(): Promise<Complaint | undefined> {
    const deadline = performance.now() + Wire.bound
    for (;;) {
      const { open, opened, ends, errors } = await this.#server.report()
      const [error] = errors
      if (error !== undefined) return { what: `the server reported: ${error}` }
      const complaint = this.#ledger.check(ends)
      if (complaint !== undefined) return complaint
      if (open <= 1 && this.#ledger.isSettled) return this.#checkOpened(open, opened)
      if (performance.now() > deadline) return { what: `${open - 1} connections are still there` }
      await setTimeout(5)
    }
  }

  #checkOpened(open: number, opened: number): Complaint | undefined {
    const { opened: sure, doubtful } = this.#ledger
    if (open === 0) return { what: `the bystander is gone: ${this.#bystander.fault}` }
    if (opened >= sure && opened <= sure + doubtful) return undefined
    return { what: `${opened} connections were opened, and ${sure} were seen to be` }
  }

  /** Whether somebody else is served. */
  async #probe(): Promise<Complaint | undefined> {
    if (this.#bystander.fault !== undefined) return { what: this.#bystander.fault }
    const { wire, status } = await open(this.#server.port(true))
    this.#ledger.opened++
    wire.reset()
    if (status !== 101) return { what: `a good handshake was answered with ${status}` }
    return this.#settle()
  }

  async #fillEndpoint(port: number, places: number): Promise<Complaint | undefined> {
    const wires: Wire[] = []
    try {
      for (let i = 0; i < places; i++) {
        const { wire, status } = await open(port)
        wires.push(wire)
        if (status !== 101)
          return { what: `place ${i + 1} of ${places} was refused with ${status}` }
        this.#ledger.opened++
      }
      const { wire, status } = await open(port)
      wires.push(wire)
      return status === 503
        ? undefined
        : { what: `place ${places + 1} was answered with ${status}` }
    } finally {
      for (const wire of wires) wire.reset()
    }
  }
}
