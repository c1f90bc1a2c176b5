import { ManualClock, MemoryClient } from '@wirebeat/core/testing'
import { createTopics, type Topics } from '@wirebeat/topics'
import { type Broker, type BrokerBackplane, createBroker } from '@wirebeat/topics/testing'
import { z } from 'zod'
import type { HubOptions } from '../../src/options.ts'
import type { Encoded, HubEncoding } from '../../src/protocol/encoding.ts'
import { jsonEncoding } from '../../src/protocol/json/json-encoding.ts'
import { messagepack } from '../../src/protocol/messagepack/messagepack-encoding.ts'
import type { Close, Completion, Incoming, Invocation } from '../../src/protocol/record.ts'
import { define, method, setUp, type TestClient, type TestContext } from './one-hub.ts'

const definition = define({
  tellOthers: method([z.string()], (call, text) => {
    call.clients.others.send('said', text)
  }),
  tell: method([z.string(), z.string()], (call, id, text) => {
    call.clients.connection(id).send('said', text)
  }),
  askOther: method([z.string()], (call, id) =>
    call.clients.connection(id).invoke('ask', { timeout: 60_000 }, 'why?'),
  ),
})

/** A client in memory. It speaks one of the encodings, and does what the test says. */
export class Person {
  readonly id: string
  /** What it was told by the method `said`. */
  readonly heard: unknown[] = []
  /** What it was asked, and has not answered. */
  readonly questions: Invocation[] = []
  /** What it was told at the end. */
  farewell: Close | undefined
  /** The answers to its calls. */
  readonly answers: Completion[] = []
  readonly #client: MemoryClient
  readonly #encoding: HubEncoding

  private constructor(id: string, client: MemoryClient, encoding: HubEncoding) {
    this.id = id
    this.#client = client
    this.#encoding = encoding
  }

  static async connect(
    { endpoint }: ReturnType<typeof setUp>,
    name: string,
    encoding: HubEncoding,
  ): Promise<Person> {
    const reader = encoding.reader(1_000_000)
    let person: Person | undefined
    let isShaken = false
    const client = await MemoryClient.connect(endpoint, {
      url: `/${name}`,
      onMessage(message) {
        if (isShaken) reader.push(message)
        isShaken = true
        for (let record = reader.next(); record !== undefined; record = reader.next()) {
          if (person !== undefined) person.#take(record)
        }
      },
    })
    const id = [...endpoint.connections].at(-1)?.id ?? ''
    person = new Person(id, client, encoding)
    client.send(`{"protocol":"${encoding.name}","version":1}\u001e`)
    return person
  }

  get isThere(): boolean {
    return this.#client.isOpen
  }

  call(target: string, ...args: readonly unknown[]): void {
    this.#send(this.#encoding.invocation(target, args, target))
  }

  /** Answers what it was asked first. */
  answer(value: unknown): void {
    this.#send(this.#encoding.result(this.#question(), value))
  }

  answerWithout(): void {
    this.#send(this.#encoding.streamEnd(this.#question()))
  }

  fail(error: string): void {
    this.#send(this.#encoding.failure(this.#question(), error))
  }

  leave(): void {
    this.#client.vanish()
  }

  #question(): string {
    return this.questions.shift()?.id ?? ''
  }

  #send(record: Encoded): void {
    this.#client.send(record)
  }

  #take(record: Incoming): void {
    if (record.kind === 'completion') this.answers.push(record)
    if (record.kind === 'close') this.farewell = record
    if (record.kind !== 'invocation') return
    if (record.target === 'said') this.heard.push(record.args?.[0])
    else this.questions.push(record)
  }
}

/** One of several servers, with a hub. */
export interface Server extends ReturnType<typeof setUp> {
  readonly topics: Topics<'json' | 'messagepack'>
  readonly backplane: BrokerBackplane
  /** Connects somebody, who speaks JSON if nothing else is said. */
  person(name?: string, encoding?: HubEncoding): Promise<Person>
}

/** Servers with a hub on one broker, whose clock the test moves. */
export async function severalServers(
  count: number,
  options: HubOptions<TestClient, TestContext> = {},
  broker: Broker = createBroker(),
) {
  const clock = new ManualClock()
  const addServer = (name: string): Server => {
    const backplane = broker.backplane()
    const topics = createTopics({ backplane, name, clock, encodings: ['json', 'messagepack'] })
    const world = setUp(
      definition,
      {
        topics,
        clock,
        encodings: [messagepack()],
        userId: (context) => context.name || undefined,
        ...options,
      },
      { clock },
    )
    const person = (name = '', encoding = jsonEncoding) => Person.connect(world, name, encoding)
    return { ...world, topics, backplane, person }
  }
  // Tests name those that they use.
  const servers = Array.from({ length: count }, (_, index) => addServer(`s${index + 1}`))
  await settle(clock)
  return {
    clock,
    broker,
    addServer,
    servers,
    settle: () => settle(clock),
    pass: (milliseconds: number) => pass(clock, milliseconds),
  }
}

/** Lets everything happen that can, without time passing. */
export async function settle(clock: ManualClock): Promise<void> {
  for (let round = 0; round < 10; round++) {
    clock.endTurn()
    for (let step = 0; step < 30; step++) await Promise.resolve()
  }
}

/** Lets time pass, a second at a time, with all that happens meanwhile. */
async function pass(clock: ManualClock, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 1_000) {
    clock.advance(Math.min(left, 1_000))
    await settle(clock)
  }
}

/** What becomes of a promise, once it is known. */
export interface Fate<Value> {
  value: Value | undefined
  error: unknown
  isKnown: boolean
}

/** Watches a promise, so that a test can see whether it is settled already. */
export function fateOf<Value>(promise: Promise<Value>): Fate<Value> {
  const fate: Fate<Value> = { value: undefined, error: undefined, isKnown: false }
  promise.then(
    (value) => Object.assign(fate, { value, isKnown: true }),
    (error: unknown) => Object.assign(fate, { error, isKnown: true }),
  )
  return fate
}
