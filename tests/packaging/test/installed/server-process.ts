import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

type Command = (port: number) => readonly string[]

/** Milliseconds that a server may take to listen. */
const START_PATIENCE = 20_000

/** A program that listens on a port that it is given, also in the environment variable PORT. */
export class ServerProcess {
  readonly port: number
  readonly #child: ChildProcessByStdio<null, null, Readable>
  readonly #errors: Promise<string>

  private constructor(command: Command, cwd: string, port: number) {
    const [file = '', ...args] = command(port)
    const env = { ...process.env, PORT: String(port) }
    this.port = port
    this.#child = spawn(file, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] })
    this.#errors = text(this.#child.stderr)
  }

  /** Starts it, to end with the test. */
  static async start(command: Command, cwd: string): Promise<ServerProcess> {
    const server = new ServerProcess(command, cwd, await freePort())
    onTestFinished(() => {
      server.#child.kill('SIGKILL')
    })
    return server
  }

  /** Sends a message as soon as it listens, and returns what comes back. */
  echo(message: string): Promise<string> {
    return this.#whenListening(() => ask(`ws://127.0.0.1:${this.port}/ws`, message))
  }

  /** Answers a plain request as soon as it listens. */
  answer(path: string, init?: RequestInit): Promise<Response> {
    return this.#whenListening(() => fetch(`http://127.0.0.1:${this.port}${path}`, init))
  }

  async #whenListening<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    const deadline = performance.now() + START_PATIENCE
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`it ended: ${await this.#errors}`)
      try {
        return await request()
      } catch (error) {
        if (!isTooEarly(error) || performance.now() > deadline) throw error
        await wait(20)
      }
    }
  }

  /** What it wrote to its standard error before it ended by itself, with another code than 0. */
  async failure(): Promise<string> {
    const errors = await this.#errors
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
    if (this.#child.exitCode === 0) throw new Error('it ended with 0')
    return errors
  }
}

async function ask(url: string, message: string): Promise<string> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  socket.send(message)
  const [answer] = await once(socket, 'message')
  socket.close()
  await once(socket, 'close')
  return String(answer)
}

/**
 * Whether nobody listens yet. Before adapter-uws does, it looks for a moment whether the port is free, and resets who
 * comes in that moment.
 */
function isTooEarly(error: unknown): boolean {
  // That of fetch is the cause of its own.
  const first = error instanceof TypeError ? error.cause : error
  const code = first instanceof Error && 'code' in first ? first.code : undefined
  return code === 'ECONNREFUSED' || code === 'ECONNRESET'
}

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
