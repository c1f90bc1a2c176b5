import type { Clock } from '@wirebeat/core'
import { show } from '@wirebeat/core/extension'
import { AskError } from '@wirebeat/topics'
import type { DisconnectOptions } from '../definition/call.ts'
import type { Sent } from '../definition/clients.ts'
import { ClientResultError } from '../errors/client-result-error.ts'
import { HubError } from '../errors/hub-error.ts'
import type { HubEncoding } from '../protocol/encoding.ts'
import type { Completion } from '../protocol/record.ts'
import { readCompletion } from './completion.ts'
import {
  countOf,
  flagOf,
  type Head,
  type HubMessage,
  isCount,
  listOf,
  textOf,
  writeHubMessage,
} from './hub-message.ts'
import { ASK_TIMEOUT, type HubQuestions, isNobody } from './hub-questions.ts'
import type { Message } from './message.ts'
import { gone, unanswered, unknownConnection } from './pending-answers.ts'
import { type Place, Places } from './places.ts'
import { Wait, type WaitOptions } from './wait.ts'

/** What a client is asked that is perhaps on another server. */
export interface Asked {
  readonly connection: string
  readonly target: string
  /** The call, with the id with which the client answers. */
  readonly message: Message
  readonly answerId: string
  readonly encodings: readonly HubEncoding[]
}

/** Asks the hubs of other servers to do something with connections that are there. */
export class OtherServers {
  readonly #questions: HubQuestions
  readonly #places: Places

  constructor(questions: HubQuestions) {
    this.#questions = questions
    this.#places = new Places(questions)
  }

  /** Whether there are any that can be asked. `down`: there may be, and they cannot. */
  get relay(): Sent['relay'] {
    return this.#questions.relay
  }

  /**
   * Writes a message in the encodings that these connections speak. Where that is not known yet, in all.
   *
   * @throws SerializationError. RangeError when it is too large for the backplane.
   */
  write(connections: readonly string[], message: Message): void {
    const encodings = connections.map((id) => this.#places.known(id)?.encoding)
    const needed = new Set(encodings.filter((encoding) => encoding !== undefined))
    const most = this.#questions.maxRecord
    for (const { length } of message.writeIn(encodings.includes(undefined) ? undefined : needed)) {
      if (length <= most) continue
      throw new RangeError(
        `A message to a connection of another server must have at most ${show(most)} bytes, which is what the backplane takes, got ${show(length)}.`,
      )
    }
  }

  /** Sends connections what was written. Resolves with whether all of them were sent it. Never rejects. */
  send(connections: readonly string[], message: Message): Promise<boolean> {
    return new Promise((resolve) => {
      let waiting = connections.length
      let areReached = true
      const settle = (count: number, isSent: boolean): void => {
        areReached &&= isSent
        waiting -= count
        if (waiting === 0) resolve(areReached)
      }
      this.#places.find(connections, {
        found: (place, ids) => this.#sendTo(place, ids, message, settle),
        missing: (ids) => settle(ids.length, false),
      })
    })
  }

  /** Asks a client. Rejects with a ClientResultError when there will be no answer. */
  async invoke(clock: Clock, asked: Asked, options: WaitOptions): Promise<Completion> {
    const { connection, target } = asked
    const { timeout } = options
    const { relay } = this
    if (relay === 'none') throw unknownConnection(connection)
    if (relay === 'down') throw unreachable(connection, backplaneDown())
    let cancel = (): void => {}
    const late = (): Error => unanswered(target, timeout)
    const wait = new Wait<Completion>(clock, options, late, () => cancel())
    this.#places.find([connection], {
      found: (place) => {
        if (wait.isOver) return
        cancel = () => this.#cancel(place, asked)
        this.#invokeAt(place, asked, timeout)
          // It is over there already.
          .finally(() => {
            cancel = () => {}
          })
          .then(
            (completion) => wait.resolve(completion),
            (error: unknown) => wait.reject(this.#whyUnanswered(error, asked, timeout)),
          )
      },
      missing: (_, why) => {
        wait.reject(
          why === undefined ? unknownConnection(connection) : unreachable(connection, why),
        )
      },
    })
    return wait.promise
  }

  /**
   * Makes a connection a member of a group, or no longer.
   *
   * @returns a promise of whether it is a member, or was. It rejects with a HubError as the other server does, and with
   * an AskError when nobody knows.
   */
  async changeGroup(
    operation: 'add' | 'remove',
    connection: string,
    group: string,
  ): Promise<boolean> {
    const question = { operation, connection, group }
    const done = await this.#askAbout(connection, question, ({ head }) =>
      'error' in head ? new HubError(textOf(head, 'error')) : flagOf(head, 'done'),
    )
    if (done instanceof HubError) throw done
    return done ?? false
  }

  /** Ends a connection. Resolves with how many there were. Rejects with an AskError when nobody knows. */
  async disconnect(
    connection: string,
    { allowReconnect = false }: DisconnectOptions,
  ): Promise<number> {
    const question = { operation: 'disconnect', connection, allowReconnect }
    return (await this.#askAbout(connection, question, ({ head }) => countOf(head, 'count'))) ?? 0
  }

  /**
   * Ends the connections of a user.
   *
   * @returns a promise of how many there were. It rejects with an AskError when a server did not answer, after the
   * others have.
   */
  async disconnectUser(
    user: string,
    { allowReconnect = false }: DisconnectOptions,
  ): Promise<number> {
    if (this.relay === 'down') throw backplaneDown()
    const question = writeHubMessage({ operation: 'disconnect-user', user, allowReconnect })
    const counts = await Promise.allSettled(
      this.#questions.servers.map((server) =>
        this.#questions
          .ask(server, question, ASK_TIMEOUT, ({ head }) => countOf(head, 'count'))
          .catch(nothingOfNobody),
      ),
    )
    let sum = 0
    for (const count of counts) {
      if (count.status === 'rejected') throw count.reason
      sum += count.value ?? 0
    }
    return sum
  }

  // Private.

  /** @param settle told of how many connections whether they were sent it */
  #sendTo(
    { server, encoding }: Place,
    ids: readonly string[],
    message: Message,
    settle: (count: number, areReached: boolean) => void,
  ): void {
    const record = message.bytes(encoding)
    // The hub of the other server has an encoding that this one does not have.
    if (record === undefined) {
      settle(ids.length, false)
      return
    }
    for (const connections of this.#questions.parts(ids, record.length)) {
      const question = writeHubMessage({ operation: 'send', connections, encoding }, record)
      const missing = this.#questions.ask(server, question, ASK_TIMEOUT, ({ head }) =>
        listOf(head, 'missing', isCount).map((index) => connections[index] ?? ''),
      )
      missing
        .catch((error: unknown) => (isNobody(error) ? connections : undefined))
        .then((gone) => {
          for (const id of gone ?? []) this.#places.forget(id)
          settle(connections.length, gone?.length === 0)
        })
    }
  }

  async #invokeAt(
    { server, encoding }: Place,
    { connection, target, message, answerId, encodings }: Asked,
    timeout: number,
  ): Promise<Completion> {
    const spoken = encodings.find(({ name }) => name === encoding)
    const record = message.bytes(encoding)
    if (spoken === undefined || record === undefined) {
      throw new AskError('failed', `Its client speaks ${encoding}, which this hub does not have.`)
    }
    const head = { operation: 'invoke', connection, encoding, answerId, target, timeout }
    return this.#questions.ask(server, writeHubMessage(head, record), timeout, (answer) => {
      const outcome = textOf(answer.head, 'outcome')
      if (outcome === 'answered') return readCompletion(spoken, answer.record, answerId)
      throw outcome === 'gone' ? gone(connection) : unanswered(target, timeout)
    })
  }

  #whyUnanswered(error: unknown, { connection, target }: Asked, timeout: number): Error {
    if (isNobody(error)) {
      this.#places.forget(connection)
      return new ClientResultError('gone', `The server of connection '${connection}' is gone.`)
    }
    if (error instanceof ClientResultError) {
      if (error.reason === 'gone') this.#places.forget(connection)
      return error
    }
    if (error instanceof AskError && error.reason === 'timeout') return unanswered(target, timeout)
    return unreachable(connection, error)
  }

  /** Nobody waits for an answer any more. If the other server does not hear of it, its own time will be up. */
  #cancel({ server }: Place, { answerId }: Asked): void {
    const question = writeHubMessage({ operation: 'cancel', answerId })
    this.#questions.ask(server, question, ASK_TIMEOUT, () => {}).catch(() => {})
  }

  /** Asks the server of a connection. Resolves with `undefined` when the connection is on no other server. */
  async #askAbout<Value>(
    connection: string,
    question: Head,
    read: (answer: HubMessage) => Value,
  ): Promise<Value | undefined> {
    const { relay } = this
    if (relay === 'none') return undefined
    if (relay === 'down') throw backplaneDown()
    const place = await this.#placeOf(connection)
    if (place === undefined) return undefined
    try {
      return await this.#questions.ask(place.server, writeHubMessage(question), ASK_TIMEOUT, read)
    } catch (error) {
      if (isNobody(error)) this.#places.forget(connection)
      return nothingOfNobody(error)
    }
  }

  #placeOf(connection: string): Promise<Place | undefined> {
    return new Promise((resolve, reject) => {
      this.#places.find([connection], {
        found: resolve,
        missing: (_, why) => (why === undefined ? resolve(undefined) : reject(why)),
      })
    })
  }
}

/** A server that is not there has no connections. */
function nothingOfNobody(error: unknown): undefined {
  if (!isNobody(error)) throw error
}

function backplaneDown(): AskError {
  return new AskError('down', 'The backplane is down, so that other servers cannot be asked.')
}

function unreachable(connection: string, cause: unknown): ClientResultError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const text = `Connection '${connection}' cannot be asked on another server.`
  return new ClientResultError('unreachable', `${text} ${why}`, { cause })
}
