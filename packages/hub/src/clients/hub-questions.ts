import { AskError, UnreadableError } from '@wirebeat/topics'
import type { HubTopics } from './directory.ts'
import { type HubMessage, readHubMessage } from './hub-message.ts'

/** How long a server may take to answer what needs no client, in milliseconds. */
export const ASK_TIMEOUT = 5_000
/** Ids as endpoints make them. Of a client that negotiates by version 0 it has the names of its server in it. */
const ID = /^[\w.:-]{1,256}$/
/** How many bytes an id takes in a question at most, with its quotes and a comma. */
const ID_BYTES = 259
/** How many bytes a question takes at most, beside its ids and its record. */
const HEAD_BYTES = 300
const MAX_IDS = 1_000

/** What the hubs of one name ask each other, over the topics of their servers. */
export class HubQuestions {
  readonly #topics: HubTopics
  readonly #operation: string

  /** @param operation which the hubs of the name answer */
  constructor(topics: HubTopics, operation: string) {
    this.#topics = topics
    this.#operation = operation
  }

  /** Whether there are other servers that can be asked. `down`: there may be, and they cannot. */
  get relay(): 'none' | 'handed-over' | 'down' {
    const { backplane, servers } = this.#topics
    if (backplane === 'none') return 'none'
    if (backplane !== 'up') return 'down'
    return servers.length === 0 ? 'none' : 'handed-over'
  }

  get servers(): readonly string[] {
    return this.#topics.servers
  }

  /** How many bytes a record may have that goes to another server. */
  get maxRecord(): number {
    return this.#topics.maxQuestion - HEAD_BYTES - ID_BYTES
  }

  /** Parts of these, each of which fits into a question beside a record that is not too large. */
  *parts<Item>(items: readonly Item[], recordBytes = 0): Iterable<readonly Item[]> {
    const room = this.#topics.maxQuestion - HEAD_BYTES - recordBytes
    const size = Math.max(1, Math.min(MAX_IDS, Math.floor(room / ID_BYTES)))
    for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
  }

  /**
   * Asks the hub of another server.
   *
   * @param read may throw an UnreadableError
   * @returns a promise that rejects with an AskError.
   */
  async ask<Value>(
    server: string,
    question: Uint8Array,
    timeout: number,
    read: (answer: HubMessage) => Value,
  ): Promise<Value> {
    const answer = await this.#topics.ask(server, this.#operation, question, { timeout })
    try {
      return read(readHubMessage(answer))
    } catch (error) {
      throw error instanceof UnreadableError ? new AskError('failed', error.message) : error
    }
  }
}

/** Whether an endpoint may have made this id. */
export function isConnectionId(id: string): boolean {
  return ID.test(id)
}

/** Whether a server has not answered because it, or the hub there, is not there. */
export function isNobody(error: unknown): boolean {
  if (!(error instanceof AskError)) return false
  return error.reason === 'server-gone' || error.reason === 'unknown-operation'
}
