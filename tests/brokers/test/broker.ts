import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** A broker that the tests have started, and that they end. */
export interface Broker {
  /** Where it listens on 127.0.0.1. */
  readonly ports: readonly number[]
  start(): Promise<void>
  /** Ends it without a word. */
  kill(): Promise<void>
  /** It answers nothing from now on, and loses nothing. */
  stop(): void
  continue(): void
  close(): Promise<void>
}

/** The command of a broker that listens on a port of 127.0.0.1 and keeps its files in a folder. */
export type BrokerCommand = (port: number, folder: string) => readonly [string, ...string[]]

export const REDIS: BrokerCommand = (port, folder) => [
  'redis-server',
  ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
  ...['--save', '', '--appendonly', 'no'],
]

export const NATS: BrokerCommand = (port) => ['nats-server', '-a', '127.0.0.1', '-p', String(port)]

/** NATS with what cannot be said on its command line. */
export function natsWith(configuration: string): BrokerCommand {
  return (port, folder) => {
    const file = join(folder, 'nats.conf')
    writeFileSync(file, configuration)
    return [...NATS(port, folder), '-c', file]
  }
}

/** A broker that is one process. */
export class RunningBroker implements Broker {
  readonly port: number
  readonly #command: BrokerCommand
  readonly #folder = mkdtempSync(join(tmpdir(), 'wirebeat-broker-'))
  readonly #options: readonly string[]
  #process: ChildProcess | undefined

  constructor(port: number, command: BrokerCommand, options: readonly string[]) {
    this.port = port
    this.#command = command
    this.#options = options
  }

  get ports(): readonly number[] {
    return [this.port]
  }

  async start(): Promise<void> {
    const [program, ...args] = this.#command(this.port, this.#folder)
    const started = spawn(program, [...args, ...this.#options], { stdio: 'ignore' })
    this.#process = started
    const failed = once(started, 'exit').then(() => {
      throw new Error(`${program} has ended. Is it installed?`)
    })
    started.on('error', () => {})
    await Promise.race([failed, this.#answers()])
    failed.catch(() => {})
  }

  /** It reads its configuration again, as the command writes it now. */
  reload(): void {
    this.#command(this.port, this.#folder)
    this.#process?.kill('SIGHUP')
  }

  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process ?? {}
    if (this.#process === undefined || exitCode !== null || signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  stop(): void {
    this.#process?.kill('SIGSTOP')
  }

  continue(): void {
    this.#process?.kill('SIGCONT')
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #answers(): Promise<void> {
    for (;;) {
      const socket = connect({ host: '127.0.0.1', port: this.port })
      const isThere = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true))
        socket.once('error', () => resolve(false))
      })
      socket.destroy()
      if (isThere) return
      await pause(20)
    }
  }
}

/** Starts a broker on a port that is free. */
export async function startBroker(
  command: BrokerCommand,
  options: readonly string[] = [],
): Promise<RunningBroker> {
  const broker = new RunningBroker(await freePort(), command, options)
  await broker.start()
  return broker
}

/** A port of 127.0.0.1 on which nothing listens at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It listens on a host, so that this is no path.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
