import { createTopics } from '@wirebeat/topics'
import { describe, expect, test } from 'vitest'
import { type Kind, nats, redis, redisCluster } from './kinds.ts'
import { connection } from './loss.ts'

const kinds: readonly Kind[] = [redis, redisCluster, nats]

/** What could mean other topics too, to one of the brokers. */
const NAMES = [
  ...['a', 'a.b', 'a.b.c', 'a.*', 'a.>', '*', '>', '*.b', '_INBOX.a', '$SYS.a'],
  ...['a b', ' a', 'a ', 'a?', 'h[ae]llo', 'hello', 'h*llo', '{a}', '{a}b', 'a\\*'],
  ...['a:b', 'wirebeat:topic-a', 'topic-a', 'a=2a', 'ä', '語', '👋', 'A', 'a/b', '..'],
]

describe.each(kinds)('on $name', (kind) => {
  test('a topic is heard by its own subscribers, whatever its name means to the broker', async () => {
    const broker = await kind.start('a')
    const ports = new Map(broker.ports.map((port) => [port, port]))
    const [publisher, subscriber] = [
      createTopics({ backplane: kind.make(ports) }),
      createTopics({ backplane: kind.make(ports) }),
    ]
    try {
      await Promise.all([publisher.ready(), subscriber.ready()])
      const heard = NAMES.map((): number[] => [])
      for (const [index, name] of NAMES.entries()) {
        // There is one for each name.
        const person = await connection(heard[index] as number[])
        expect(await subscriber.subscribe(person, name).relayed).toBe(true)
      }
      const confirmed = NAMES.map((name, index) =>
        publisher.publish(name, String(index)).confirmed(),
      )
      expect(new Set(await Promise.all(confirmed))).toEqual(new Set([true]))
      await expect.poll(() => heard, { timeout: 20_000 }).toEqual(NAMES.map((_, index) => [index]))
    } finally {
      await Promise.all([publisher.close(), subscriber.close()])
      await broker.close()
    }
  })
})
