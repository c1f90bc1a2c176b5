import type { Connection, Message } from '@wirebeat/core'
import { prepare } from '@wirebeat/core'
import { adapters } from '@wirebeat/test-support'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Subscription } from '../src/subscription.ts'
import { createTopics } from '../src/topics.ts'
import { MAX_BUFFERED, ModelConnection } from './support/model.ts'
import { memoryPlace, type Peer, type Place, serverPlace } from './support/peer.ts'

const ENCODINGS = ['json', 'binary'] as const
const TOPICS = ['news', 'weather', 'ä'] as const
const PEERS = 4

const peer = fc.nat(PEERS - 1)
const topic = fc.constantFrom(...TOPICS)
const as = fc.constantFrom(undefined, ...ENCODINGS)
const slow = fc.constantFrom(undefined, 'close' as const, 'skip' as const)
const form = fc.constantFrom('text', 'bytes', 'prepared', 'payload')
const except = fc.array(fc.record({ peer, by: fc.constantFrom('connection', 'id') }), {
  maxLength: 2,
})

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('subscribe' as const), peer, topic, as, slow }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('publish' as const), topic, form, except }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unsubscribe' as const), peer, topic }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('send' as const), peer }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('say' as const), peer, topic }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), peer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), peer }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pause' as const), peer }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resume' as const), peer }) },
)
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

/** One of those who take part: a peer, and what the model knows of it. */
interface Participant {
  peer: Peer
  model: ModelConnection
}

/** A subscription, and that of the model. */
interface Handle {
  readonly subscription: Subscription
  readonly model: ModelConnection
  /** What the model has for the topic while this one is active. */
  readonly entry: unknown
}

/** Plays the steps on real topics and on the model, and compares them after each. */
async function play(steps: readonly Step[], open: (said: Said) => Promise<Place>): Promise<void> {
  const topics = createTopics({ encodings: ENCODINGS })
  const handled = new Map<string, () => void>()
  const place = await open((connection, text) => {
    const name = text.slice(0, text.indexOf('|'))
    topics.publish(name, text, { except: connection })
    handled.get(text)?.()
  })
  const events: string[] = []
  const expectedEvents: string[] = []
  topics.on('open', (name) => events.push(`open ${name}`))
  topics.on('close', (name) => events.push(`close ${name}`))
  topics.on('lagged', ({ id }, name, missed) => events.push(`${id} missed ${missed} of ${name}`))

  const everybody: Participant[] = []
  const present: Participant[] = []
  const handles: Handle[] = []
  let number = 0
  const join = async (index: number): Promise<void> => {
    const participant = { peer: await place.connect(), model: new ModelConnection() }
    present[index] = participant
    everybody.push(participant)
  }
  const modelCount = (name: string): number =>
    present.filter(({ model }) => model.subscriptions.has(name)).length
  const modelEnd = (model: ModelConnection, name: string): void => {
    if (model.subscriptions.delete(name) && modelCount(name) === 0) {
      expectedEvents.push(`close ${name}`)
    }
  }
  /** The connection of a participant has ended, and the next one takes its place. */
  const replace = async (index: number): Promise<void> => {
    const { peer, model } = present[index] as Participant
    model.isOpen = false
    await peer.connection.closed
    for (const name of [...model.subscriptions.keys()]) modelEnd(model, name)
    await join(index)
  }
  /** Somebody reads again, as those do who leave, and is told what it has missed. */
  const resume = (index: number): void => {
    const { peer, model } = present[index] as Participant
    const { id } = peer.connection
    for (const [name, missed] of model.resume()) {
      expectedEvents.push(`${id} missed ${missed} of ${name}`)
    }
    peer.resume()
  }
  /** What the model does for a publication. Returns to how many it is sent. */
  const modelPublish = (
    name: string,
    isExcepted: (participant: Participant) => boolean,
    message: (as: string) => Message,
  ): number => {
    let sent = 0
    for (const participant of present) {
      const subscription = participant.model.subscriptions.get(name)
      if (subscription === undefined || isExcepted(participant)) continue
      if (subscription.slow === 'skip' && participant.model.isBehind) {
        subscription.missed++
      } else if (participant.model.send(message(subscription.as))) {
        sent++
      }
    }
    return sent
  }

  const run = async (one: Step): Promise<void> => {
    switch (one.do) {
      case 'subscribe': {
        const { peer, model } = present[one.peer] as Participant
        const options = {
          ...(one.as && { as: one.as }),
          ...(one.slow && { slow: one.slow }),
        }
        const isNew = modelCount(one.topic) === 0
        const subscription = topics.subscribe(peer.connection, one.topic, options)
        expect(subscription.isActive).toBe(model.isOpen)
        if (!model.isOpen) return
        const entry = { as: one.as ?? 'json', slow: one.slow ?? 'close', missed: 0 } as const
        if (isNew) expectedEvents.push(`open ${one.topic}`)
        model.subscriptions.set(one.topic, entry)
        handles.push({ subscription, model, entry })
        return
      }
      case 'publish': {
        const text = `${number++}${'-'.repeat(40)}`
        const bytes = new TextEncoder().encode(text)
        const asked: string[] = []
        const messages = {
          text,
          bytes,
          prepared: prepare(text),
          payload: {
            encode(encoding: string) {
              asked.push(encoding)
              return encoding === 'binary' ? bytes : text
            },
          },
        }
        const excepted = one.except.map(({ peer, by }) => {
          const { connection } = (present[peer] as Participant).peer
          return by === 'id' ? connection.id : connection
        })
        const isExcepted = ({ peer: { connection } }: Participant): boolean =>
          excepted.includes(connection) || excepted.includes(connection.id)
        const expected = modelPublish(one.topic, isExcepted, (encoding) => {
          if (one.form === 'bytes') return bytes
          return one.form === 'payload' && encoding === 'binary' ? bytes : text
        })
        const message = messages[one.form as keyof typeof messages]
        const { local } = topics.publish(one.topic, message, { except: excepted })
        expect(local).toBe(expected)
        expect(asked.length).toBe(new Set(asked).size)
        return
      }
      case 'unsubscribe': {
        const { peer, model } = present[one.peer] as Participant
        const had = model.subscriptions.has(one.topic)
        modelEnd(model, one.topic)
        expect(topics.unsubscribe(peer.connection, one.topic)).toBe(had)
        return
      }
      case 'end': {
        const handle = handles[one.which % Math.max(1, handles.length)]
        if (handle === undefined) return
        const { subscription, model, entry } = handle
        const isActive = model.subscriptions.get(subscription.topic) === entry
        expect(subscription.isActive).toBe(isActive)
        if (isActive) modelEnd(model, subscription.topic)
        subscription.end()
        expect(subscription.isActive).toBe(false)
        return
      }
      case 'send': {
        const { peer, model } = present[one.peer] as Participant
        const text = `${number++} sent`
        model.send(text)
        peer.connection.send(text)
        return
      }
      case 'say': {
        const participant = present[one.peer] as Participant
        if (!participant.model.isOpen) return
        const text = `${one.topic}|${number++}`
        modelPublish(
          one.topic,
          (other) => other === participant,
          () => text,
        )
        await new Promise<void>((resolve) => {
          handled.set(text, resolve)
          participant.peer.say(text)
        })
        return
      }
      case 'leave':
        resume(one.peer)
        present[one.peer]?.peer.leave()
        return replace(one.peer)
      case 'close':
        resume(one.peer)
        present[one.peer]?.peer.connection.close()
        return replace(one.peer)
      case 'pause':
        if (!place.isMemory) return
        present[one.peer]?.peer.pause()
        present[one.peer]?.model.pause()
        return
      case 'resume':
        resume(one.peer)
    }
  }

  const compare = (): void => {
    for (const name of TOPICS) {
      const subscribed = present.filter(({ model }) => model.subscriptions.has(name))
      expect(topics.count(name)).toBe(subscribed.length)
      const connections = subscribed.map(({ peer }) => peer.connection)
      expect(new Set(topics.subscribers(name))).toEqual(new Set(connections))
    }
    for (const { peer, model } of present) {
      expect([...topics.topicsOf(peer.connection)].sort()).toEqual(
        [...model.subscriptions.keys()].sort(),
      )
    }
    expect(events).toEqual(expectedEvents)
  }

  try {
    for (let index = 0; index < PEERS; index++) await join(index)
    for (const one of steps) {
      await run(one)
      compare()
    }
    for (const { peer } of present) peer.resume()
    for (const { peer, model } of everybody) {
      expect(await peer.received(model.messages.length)).toEqual(model.messages)
    }
    await topics.close()
    expect(topics.stats()).toMatchObject({ topics: 0, subscriptions: 0 })
  } finally {
    await place.close()
  }
}

type Said = (connection: Connection, text: string) => void

const optionsFor = (said: Said) => ({
  maxBufferedAmount: MAX_BUFFERED,
  session: {
    message: (connection: Connection, message: Message) => said(connection, String(message)),
  },
})

/** Another one for each run, unless a failure is to be played again. */
const steps = fc.array(step, { minLength: 10, maxLength: 60 })

describe('topics do what the model does', () => {
  test('in memory', async () => {
    await fc.assert(
      fc.asyncProperty(steps, (some) => play(some, (said) => memoryPlace(optionsFor(said)))),
      { numRuns: 300 },
    )
  })

  test.each(adapters)('on adapter $name', async (adapter) => {
    const open = (said: Said) =>
      serverPlace(adapter, { ...optionsFor(said), maxBufferedAmount: 2 ** 20 })
    await fc.assert(
      fc.asyncProperty(steps, (some) => play(some, open)),
      { numRuns: 20 },
    )
  })
})
