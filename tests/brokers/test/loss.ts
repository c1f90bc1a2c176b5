import { setTimeout as pause } from 'node:timers/promises'
import { type Connection, createEndpoint } from '@wirebeat/core'
import { MemoryClient } from '@wirebeat/core/testing'
import { createTopics, type Gap, type Published, type Topics } from '@wirebeat/topics'
import { describe, expect, test } from 'vitest'
import type { Broker } from './broker.ts'
import { type Wire, wireTo } from './cut-proxy.ts'
import type { Kind } from './kinds.ts'

const TOPIC = 'numbers'
/** How long after the connection is back a gap may be told, in milliseconds. */
const TOLD_WITHIN = 7_000

/** What goes wrong, and when it is over. */
interface Fault {
  readonly name: string
  happen(scene: Scene): Promise<void>
}

/** Two servers with a broker, each behind a proxy of its own. */
export interface Scene {
  readonly broker: Broker
  readonly publisherWire: Wire
  readonly subscriberWire: Wire
  restartPublisher(): Promise<void>
  restartSubscriber(): Promise<void>
}

const FAULTS: readonly Fault[] = [
  {
    name: 'the broker is killed, and is back after 3 s',
    async happen({ broker }) {
      await broker.kill()
      await pause(3_000)
      await broker.start()
    },
  },
  {
    name: 'the broker hangs for 5 s',
    async happen({ broker }) {
      broker.stop()
      await pause(5_000)
      broker.continue()
    },
  },
  {
    name: "the subscriber's connection is cut",
    async happen({ subscriberWire }) {
      subscriberWire.cut()
    },
  },
  {
    name: "the publisher's connection is cut",
    async happen({ publisherWire }) {
      publisherWire.cut()
    },
  },
]

const RESTARTS: readonly Fault[] = [
  {
    name: 'the publishing server is restarted',
    happen: (scene) => scene.restartPublisher(),
  },
  {
    name: 'the subscribing server is restarted',
    happen: (scene) => scene.restartSubscriber(),
  },
]

/** One publication, and what the publisher was told of it. */
interface Sent {
  readonly outcome: Published
  readonly isConfirmed: Promise<boolean>
}

/** Publishes numbers, and compares what the subscriber of another server got with what everybody was told. */
export class Account {
  /** `undefined` while there is no server that could publish. */
  publisher: Topics | undefined
  readonly #sent: Sent[] = []
  /** Those that were published while no server was subscribed. */
  readonly #unheard = { from: 0, to: 0 }
  readonly received: number[] = []
  readonly gaps: Gap[] = []

  /** Subscribes by a server. What was published since the former one had left, nobody could hear. */
  async subscribeBy(subscriber: Topics): Promise<void> {
    subscriber.on('gap', (gap) => this.gaps.push(gap))
    const { relayed } = subscriber.subscribe(await connection(this.received), TOPIC)
    expect(await relayed).toBe(true)
    this.#unheard.to = this.sent
  }

  /** What is on its way to the server that leaves is not heard either. */
  subscriberLeaves(): void {
    this.#unheard.from = (this.received.at(-1) ?? -1) + 1
    this.#unheard.to = Number.POSITIVE_INFINITY
  }

  /** Resolves with whether the broker has taken it. */
  async publish(size = 0): Promise<boolean> {
    const outcome = this.publisher?.publish(TOPIC, String(this.sent).padEnd(size))
    if (outcome === undefined) return false
    const isConfirmed = outcome.confirmed()
    this.#sent.push({ outcome, isConfirmed })
    return isConfirmed
  }

  async publishFor(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds
    const begun = this.#sent.length
    for (let now = performance.now(); now < end; now = performance.now()) {
      const due = begun + Math.floor(((now - (end - milliseconds)) / 1_000) * 500)
      while (this.#sent.length < due && this.publisher !== undefined) this.publish()
      await pause(2)
    }
  }

  /** The numbers that did not arrive, and of which the publisher was told that they were taken. */
  async untold(): Promise<number[]> {
    const arrived = new Set(this.received)
    const untold: number[] = []
    for (const [number, { outcome, isConfirmed }] of this.#sent.entries()) {
      const { from, to } = this.#unheard
      if (arrived.has(number) || outcome.relay === 'down' || (number >= from && number < to))
        continue
      if (await isConfirmed) untold.push(number)
    }
    return untold
  }

  /** How many missing ones the subscriber was told of. */
  get told(): number {
    const counts = this.gaps.map(({ count }) => count ?? Number.POSITIVE_INFINITY)
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** Whether the broker has said of each that it has taken it. */
  async areAllConfirmed(): Promise<boolean> {
    const confirmed = await Promise.all(this.#sent.map(({ isConfirmed }) => isConfirmed))
    return confirmed.every(Boolean)
  }

  get sent(): number {
    return this.#sent.length
  }
}

/** Holds a backplane to it that every loss is told. */
export function testLoss(kind: Kind): void {
  describe(`what is lost on ${kind.name} is told, nothing comes twice and nothing out of order`, () => {
    for (const fault of [...FAULTS, ...RESTARTS]) {
      test.concurrent(`while 500 a second are published, and ${fault.name}`, async () => {
        await play(kind, async (account, scene) => {
          await account.publishFor(1_000)
          await Promise.all([account.publishFor(6_000), fault.happen(scene)])
        })
      })
    }

    for (const fault of FAULTS) {
      test.concurrent(`with the last one just before ${fault.name}, and silence after it`, async () => {
        await play(kind, async (account, scene) => {
          await account.publishFor(500)
          account.publish()
          // It is handed over at the end of the turn.
          await pause(0)
          await fault.happen(scene)
        })
      })
    }

    test.concurrent('in bursts of 500, while the broker is killed', async () => {
      await play(kind, async (account, scene) => {
        const faults = pause(500).then(() => FAULTS[0]?.happen(scene))
        for (let burst = 0; burst < 12; burst++) {
          for (let count = 0; count < 500; count++) account.publish()
          await pause(400)
        }
        await faults
      })
    })
  })
}

/** Lets two servers talk while something goes wrong, and then accounts for each publication. */
export async function play(
  kind: Kind,
  act: (account: Account, scene: Scene) => Promise<void>,
): Promise<void> {
  const broker = await kind.start(TOPIC)
  const [publisherWire, subscriberWire] = [await wireTo(broker.ports), await wireTo(broker.ports)]
  const account = new Account()
  const join = async (wire: Wire): Promise<Topics> => {
    const topics = createTopics({ backplane: kind.make(wire.ports) })
    joined.push(topics)
    await topics.ready()
    return topics
  }
  const joined: Topics[] = []
  try {
    let subscriber = await join(subscriberWire)
    account.publisher = await join(publisherWire)
    await account.subscribeBy(subscriber)
    await act(account, {
      broker,
      publisherWire,
      subscriberWire,
      async restartPublisher() {
        const former = account.publisher
        account.publisher = undefined
        await former?.close()
        account.publisher = await join(publisherWire)
      },
      async restartSubscriber() {
        account.subscriberLeaves()
        await subscriber.close()
        subscriber = await join(subscriberWire)
        await account.subscribeBy(subscriber)
      },
    })
    await up(account.publisher)
    await up(subscriber)
    await pause(TOLD_WITHIN)
    expect(account.received).toEqual(
      [...new Set(account.received)].toSorted((one, other) => one - other),
    )
    const untold = await account.untold()
    expect(
      account.told,
      `of ${account.sent}, these did not arrive: ${untold}`,
    ).toBeGreaterThanOrEqual(untold.length)
    // All is well again.
    const { gaps, received } = account
    const told = gaps.length
    await account.publishFor(500)
    await pause(500)
    expect(received.at(-1)).toBe(account.sent - 1)
    expect(gaps.length).toBe(told)
  } finally {
    await Promise.all(joined.map((topics) => topics.close()))
    publisherWire.close()
    subscriberWire.close()
    await broker.close()
  }
}

async function up(topics: Topics): Promise<void> {
  while (topics.backplane !== 'up') await pause(10)
}

/** A connection whose messages are numbers, kept in the order in which they come. */
export async function connection(received: number[]): Promise<Connection> {
  let opened: Connection | undefined
  const endpoint = createEndpoint({
    session: {
      open(one: Connection) {
        opened = one
      },
    },
    keepAliveInterval: 0,
  })
  const client = await MemoryClient.connect(endpoint)
  const receive = async (): Promise<void> => {
    for (;;) received.push(Number(await client.message()))
  }
  // After some seconds of silence it is rejected.
  const goOn = (): void => void receive().catch(goOn)
  goOn()
  if (opened === undefined) throw new Error('The connection has not opened.')
  return opened
}
