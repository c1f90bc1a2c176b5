import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Child } from '@wirebeat/test-support/process'
import type { Conversation } from './conversation.ts'

/** Milliseconds that a client may take, beside the time that it is told to be idle for. */
const PATIENCE = 15_000

interface ClientQuestions {
  /** What the client has seen in each, which should be a list of `Outcome`. */
  converse(conversations: readonly Conversation[]): unknown
}

/** The path of one of the client programs. */
export function program(name: string): string {
  return fileURLToPath(new URL(`../clients/${name}`, import.meta.url))
}

/** One client program. It starts when it is first needed, and answers one question at a time. */
export class Client {
  readonly #command: readonly string[]
  #child: Child<ClientQuestions> | undefined

  /** @param command the program and its arguments */
  constructor(command: readonly string[]) {
    this.#command = command
  }

  /** Has conversations at once, and returns what the client says of each, which should be a list of `Outcome`. */
  async converse(conversations: readonly Conversation[]): Promise<unknown> {
    const idle = Math.max(...conversations.map((conversation) => conversation.idle))
    this.#child ??= await start(this.#command)
    try {
      return await this.#child.ask('converse', idle + PATIENCE, conversations)
    } catch (error) {
      this.#child.signal('SIGKILL')
      this.#child = undefined
      throw error
    }
  }

  /** Lets the program end. */
  async stop(): Promise<void> {
    await this.#child?.stop()
    this.#child = undefined
  }
}

async function start(command: readonly string[]): Promise<Child<ClientQuestions>> {
  const env = {
    ...process.env,
    NO_PROXY: '127.0.0.1',
    DENO_NO_UPDATE_CHECK: '1',
    // Servers of the tests sign their own.
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
  }
  const { child } = await Child.start<ClientQuestions, unknown>(command.join(' '), command, env)
  return child
}
