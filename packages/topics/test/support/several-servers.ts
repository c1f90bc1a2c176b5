import { ManualClock } from '@wirebeat/core/testing'
import type { Gap, TopicsOptions } from '../../src/index.ts'
import { type BrokerBackplane, createBroker } from '../../src/testing.ts'
import { createTopics, type Topics } from '../../src/topics.ts'
import { type Person, people, received } from './people.ts'

/** A server with topics on a backplane, and what it was told. */
export interface Server {
  readonly topics: Topics
  readonly backplane: BrokerBackplane
  readonly gaps: Gap[]
  readonly states: string[]
  readonly unreadable: string[]
  person(): Promise<Person>
}

/** Two servers on one broker, whose clock the test moves. */
export async function twoServers(options: TopicsOptions<'raw'> = {}) {
  const clock = new ManualClock()
  const broker = createBroker()
  const server = (name: string): Server => {
    const backplane = broker.backplane()
    const topics = createTopics({ ...options, backplane, name, clock })
    const gaps: Gap[] = []
    const states: string[] = []
    const unreadable: string[] = []
    topics.on('gap', (gap) => gaps.push(gap))
    topics.on('state', (state, why) =>
      states.push(why === undefined ? state : `${state}: ${why.message}`),
    )
    topics.on('unreadable', (error) => unreadable.push(error.message))
    return { topics, backplane, gaps, states, unreadable, person: people().person }
  }
  const [one, two] = [server('one'), server('two')]
  await settle(clock)
  return { clock, broker, one, two, server, settle: () => settle(clock) }
}

/** Lets everything happen that can, without time passing. */
export async function settle(clock: ManualClock): Promise<void> {
  for (let round = 0; round < 10; round++) {
    clock.endTurn()
    for (let step = 0; step < 20; step++) await Promise.resolve()
  }
}

/** Lets time pass, a second at a time, with all that happens meanwhile. */
export async function pass(clock: ManualClock, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 1_000) {
    clock.advance(Math.min(left, 1_000))
    await settle(clock)
  }
}

/** The texts that somebody has received since the last call. */
export async function texts(person: Person): Promise<string[]> {
  return (await received(person)).map(String)
}
