import { ManualClock } from '@wirebeat/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Backplane } from '../../src/index.ts'
import { Channels } from '../../src/relay/channels.ts'
import { pass, settle } from '../support/several-servers.ts'

const NAMES = ['a', 'b', 'c'] as const
/** How late a channel is left, and how late a refused one is tried again, in milliseconds. */
const LATE = 1_000
const RETRY = 5_000

/** A broker that answers when it is told to, and refuses what it is told to. */
class SlowBroker {
  /** What it sends messages of. */
  readonly subscribed = new Set<string>()
  readonly refused = new Set<string>()
  readonly #waiting: (() => void)[] = []
  readonly #busy = new Set<string>()
  calls = 0
  /** How often there were two calls at a time for one channel. */
  overlaps = 0

  readonly backplane = {
    subscribe: (names: readonly string[]) =>
      this.#call(names, () => {
        for (const name of names) if (this.refused.has(name)) throw new Error('No permission.')
        for (const name of names) this.subscribed.add(name)
      }),
    unsubscribe: (names: readonly string[]) =>
      this.#call(names, () => {
        for (const name of names) if (this.refused.has(name)) throw new Error('No permission.')
        for (const name of names) this.subscribed.delete(name)
      }),
  } as Pick<Backplane, 'subscribe' | 'unsubscribe'> as Backplane

  answerOne(): void {
    this.#waiting.shift()?.()
  }

  isBusy(channel: string): boolean {
    return this.#busy.has(channel)
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  async #call(names: readonly string[], act: () => void): Promise<void> {
    this.calls++
    for (const name of names) {
      if (this.#busy.has(name)) this.overlaps++
      this.#busy.add(name)
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    for (const name of names) this.#busy.delete(name)
    act()
  }
}

const name = fc.constantFrom(...NAMES)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('want' as const), name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('unwant' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), name }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('allow' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      time: fc.constantFrom(10, 600, 1_100, 6_000),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

/** Plays steps on a slow broker, and looks at it after each of them. */
class Play {
  readonly broker = new SlowBroker()
  readonly clock = new ManualClock()
  readonly wanted = new Set<string>()
  readonly joined = new Set<string>()
  readonly channels: Channels
  #unsettled = 0

  constructor() {
    this.channels = new Channels(this.broker.backplane, this.clock, {
      channelJoined: (channel) => this.joined.add(channel),
      channelLeft: (channel) => this.joined.delete(channel),
    })
    this.channels.up()
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      await this.#take(one)
      await settle(this.clock)
    }
  }

  /** The broker answers all, refuses nothing, and there is time for everything. */
  async calm(): Promise<void> {
    this.broker.refused.clear()
    for (let round = 0; round < 4 || this.broker.hasWaiting; round++) {
      while (this.broker.hasWaiting) {
        this.broker.answerOne()
        await settle(this.clock)
      }
      await pass(this.clock, RETRY + LATE)
    }
    expect(this.broker.subscribed).toEqual(this.wanted)
    expect(this.joined).toEqual(this.wanted)
    expect(this.channels.count).toBe(this.wanted.size)
    expect(this.#unsettled).toBe(0)
    expect(this.broker.overlaps).toBe(0)
  }

  async #take(one: Step): Promise<void> {
    if (one.do === 'want') this.#want(one.name)
    else if (one.do === 'unwant') this.#unwant(one.name)
    else if (one.do === 'ask') this.#ask(one.name)
    else if (one.do === 'answer') this.broker.answerOne()
    else if (one.do === 'refuse') this.broker.refused.add(one.name)
    else if (one.do === 'allow') this.broker.refused.delete(one.name)
    else if (one.do === 'revoke') this.#revoke(one.name)
    else if (one.do === 'pass') await pass(this.clock, one.time)
    else await this.#drop()
  }

  #want(channel: string): void {
    this.wanted.add(channel)
    this.channels.want(channel)
  }

  #unwant(channel: string): void {
    this.wanted.delete(channel)
    this.channels.unwant(channel)
  }

  /** Who is told that a channel is joined gets its messages. */
  #ask(channel: string): void {
    this.#unsettled++
    void this.channels.joined(channel).then((isJoined) => {
      this.#unsettled--
      if (isJoined) expect(this.joined).toContain(channel)
    })
  }

  /** The broker ends a subscription, unless a call is under way for it. */
  #revoke(channel: string): void {
    if (this.broker.isBusy(channel)) return
    this.broker.refused.add(channel)
    if (this.broker.subscribed.delete(channel)) this.channels.refused([channel])
  }

  /** The connection is lost, with what was under way, and is there again. */
  async #drop(): Promise<void> {
    this.channels.down()
    const refused = [...this.broker.refused]
    for (const channel of NAMES) this.broker.refused.add(channel)
    while (this.broker.hasWaiting) {
      this.broker.answerOne()
      await settle(this.clock)
    }
    this.broker.refused.clear()
    for (const channel of refused) this.broker.refused.add(channel)
    this.channels.up()
  }
}

test('whatever a slow broker refuses and loses, it ends up with what is wanted, one call at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const play = new Play()
      await play.run(steps)
      await play.calm()
    }),
    { numRuns: 150 },
  )
})

test('one who comes and goes a thousand times a second costs the broker nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { minLength: 5, maxLength: 40 }), async (pauses) => {
      const { broker, channels, clock } = new Play()
      channels.want('a')
      await settle(clock)
      broker.answerOne()
      await settle(clock)
      const { calls } = broker
      for (const milliseconds of pauses) {
        channels.unwant('a')
        clock.advance(milliseconds)
        channels.want('a')
        clock.advance(1)
      }
      await pass(clock, 5_000)
      expect(broker.calls).toBe(calls)
      expect(broker.subscribed).toEqual(new Set(['a']))
    }),
    { numRuns: 50 },
  )
})
