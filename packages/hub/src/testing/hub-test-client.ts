import type { Endpoint, Message } from '@wirebeat/core'
import { Deferred, isThenable } from '@wirebeat/core/extension'
import { MemoryClient, type MemoryClientOptions } from '@wirebeat/core/testing'
import type { HubClient, StreamObserver } from '../definition/hub-client.ts'
import { TestSubject } from './test-subject.ts'

/** How the connection of a {@link HubTestClient} has ended. */
export interface TestClosed {
  /** What the hub has said. `undefined` when it has said nothing is wrong. */
  readonly error: string | undefined
  /** Whether the hub has said that the client may connect again. */
  readonly allowReconnect: boolean
  /** The code of the hub's close frame. `undefined` when there was none. */
  readonly code: number | undefined
}

/** A record of the hub protocol, as it is written in JSON. */
type WireRecord = Readonly<Record<string, unknown>>

type Handler = (...args: readonly unknown[]) => unknown

const END = '\u001e'
const INVOCATION = 1
const STREAM_ITEM = 2
const COMPLETION = 3
const STREAM_INVOCATION = 4
const CANCEL = 5
const PING = 6
const CLOSE = 7

/** What stands behind the methods of a client: the official client, as far as tests need one. */
class Running {
  readonly #client: MemoryClient
  readonly #handlers = new Map<string, Set<Handler>>()
  readonly #calls = new Map<string, Deferred<unknown>>()
  readonly #streams = new Map<string, StreamObserver<unknown>>()
  readonly #closed = new Deferred<TestClosed>()
  readonly #shaken = new Deferred<void>()
  #isShaken = false
  #unfinished = ''
  #ids = 0
  #close: Omit<TestClosed, 'code'> = { error: undefined, allowReconnect: false }

  private constructor(client: MemoryClient) {
    this.#client = client
  }

  static async connect(endpoint: Endpoint, options: MemoryClientOptions): Promise<Running> {
    let running: Running | undefined
    const client = await MemoryClient.connect(endpoint, {
      ...options,
      // Nothing comes before the handshake.
      onMessage: (message) => running?.received(message),
      onEnd: () => running?.ended(),
    })
    running = new Running(client)
    client.send(`{"protocol":"json","version":1}${END}`)
    await running.#shaken.promise
    return running
  }

  get closed(): Promise<TestClosed> {
    return this.#closed.promise
  }

  start(): Promise<void> {
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    this.#say({ type: CLOSE })
    this.#client.close()
    await this.closed
  }

  vanish(): void {
    this.#client.vanish()
  }

  pause(): void {
    this.#client.pause()
  }

  resume(): void {
    this.#client.resume()
  }

  async invoke(target: string, ...args: readonly unknown[]): Promise<unknown> {
    const id = this.#nextId()
    const answer = new Deferred<unknown>()
    this.#calls.set(id, answer)
    this.#call({ type: INVOCATION, invocationId: id }, target, args)
    return answer.promise
  }

  async send(target: string, ...args: readonly unknown[]): Promise<void> {
    this.#call({ type: INVOCATION }, target, args)
  }

  stream(target: string, ...args: readonly unknown[]): object {
    return {
      subscribe: (observer: StreamObserver<unknown>) => {
        const id = this.#nextId()
        this.#streams.set(id, observer)
        this.#call({ type: STREAM_INVOCATION, invocationId: id }, target, args)
        return { dispose: () => this.#cancel(id) }
      },
    }
  }

  on(name: string, handler: Handler): void {
    const handlers = this.#handlers.get(name.toLowerCase()) ?? new Set()
    this.#handlers.set(name.toLowerCase(), handlers.add(handler))
  }

  off(name: string): void {
    this.#handlers.delete(name.toLowerCase())
  }

  #nextId(): string {
    return String(this.#ids++)
  }

  #say(record: WireRecord): void {
    this.#client.send(JSON.stringify(record) + END)
  }

  #call(head: WireRecord, target: string, args: readonly unknown[]): void {
    const subjects = args.filter((arg) => arg instanceof TestSubject)
    const streamIds = subjects.map(() => this.#nextId())
    const values = args.filter((arg) => !(arg instanceof TestSubject))
    const streams = subjects.length > 0 ? { streamIds } : {}
    this.#say({ ...head, target, arguments: values, ...streams })
    subjects.forEach((subject, index) => {
      const id = { invocationId: streamIds[index] }
      subject.follow({
        next: (item) => this.#say({ type: STREAM_ITEM, ...id, item }),
        end: (error) =>
          this.#say({ type: COMPLETION, ...id, ...(error !== undefined && { error }) }),
      })
    })
  }

  #cancel(id: string): void {
    if (this.#streams.delete(id)) this.#say({ type: CANCEL, invocationId: id })
  }

  received(message: Message): void {
    if (typeof message !== 'string') return
    const texts = (this.#unfinished + message).split(END)
    this.#unfinished = texts.pop() ?? ''
    for (const text of texts) this.#handle(JSON.parse(text))
  }

  #handle(record: WireRecord): void {
    if (!this.#isShaken) {
      this.#isShaken = true
      if (record['error'] === undefined) this.#shaken.resolve()
      else this.#shaken.reject(new Error(String(record['error'])))
      return
    }
    const id = String(record['invocationId'])
    switch (record['type']) {
      case INVOCATION:
        this.#called(record)
        break
      case STREAM_ITEM:
        this.#streams.get(id)?.next(record['item'])
        break
      case COMPLETION:
        this.#completed(id, record)
        break
      case PING:
        this.#say({ type: PING })
        break
      case CLOSE:
        this.#close = {
          error: record['error'] === undefined ? undefined : String(record['error']),
          allowReconnect: record['allowReconnect'] === true,
        }
        break
    }
  }

  #completed(id: string, { error, result }: WireRecord): void {
    const call = this.#calls.get(id)
    const stream = this.#streams.get(id)
    this.#calls.delete(id)
    this.#streams.delete(id)
    if (error === undefined) {
      call?.resolve(result)
      stream?.complete()
    } else {
      call?.reject(new Error(String(error)))
      stream?.error(new Error(String(error)))
    }
  }

  async #called(record: WireRecord): Promise<void> {
    const { invocationId, target } = record
    const args = record['arguments'] as readonly unknown[]
    const answer: Record<string, unknown> = { type: COMPLETION, invocationId }
    try {
      let result: unknown
      for (const handler of this.#handlers.get(String(target).toLowerCase()) ?? []) {
        const returned = handler(...args)
        result = isThenable(returned) ? await returned : returned
      }
      if (result === undefined) answer['error'] = "Client didn't provide a result."
      else answer['result'] = result
    } catch (error) {
      answer['error'] = error instanceof Error ? error.message : String(error)
    }
    if (invocationId !== undefined && this.#client.isOpen) this.#say(answer)
  }

  ended(): void {
    const { closeFrame } = this.#client
    this.#closed.resolve({ ...this.#close, code: closeFrame?.code })
    const why = this.#close.error ?? 'The connection has ended.'
    this.#shaken.reject(new Error(why))
    for (const call of this.#calls.values()) call.reject(new Error(why))
    for (const stream of this.#streams.values()) stream.error(new Error(why))
    this.#calls.clear()
    this.#streams.clear()
  }
}

/**
 * A client of a hub in memory, for tests. It has the methods and types of the official client, by `typeof` of the
 * definition. What it calls reaches the hub before `invoke` returns. Give the endpoint and the hub a `ManualClock` to
 * control their time; it answers pings.
 */
export type HubTestClient<Definition> = HubClient<Definition> & {
  /** Resolves when the connection has ended. */
  readonly closed: Promise<TestClosed>
  /** Ends the connection without a word, as a client whose network is gone. */
  vanish(): void
  /** Stops reading from the network, and reads on. */
  pause(): void
  resume(): void
}

export const HubTestClient: {
  /**
   * Connects to an endpoint without a socket, and shakes hands with its hub.
   *
   * @returns a promise. It rejects with a HandshakeRefusedError when the endpoint refuses the request, and with an Error
   * when the hub refuses the client.
   */
  connect<Definition>(
    endpoint: Endpoint,
    options?: MemoryClientOptions,
  ): Promise<HubTestClient<Definition>>
} = {
  async connect<Definition>(endpoint: Endpoint, options: MemoryClientOptions = {}) {
    // Its methods take the names of any hub.
    return (await Running.connect(endpoint, options)) as unknown as HubTestClient<Definition>
  },
}
