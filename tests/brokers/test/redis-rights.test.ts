import { type RedisBackplaneOptions, redisBackplane } from '@wirebeat/backplane-redis'
import { createTopics, type Gap } from '@wirebeat/topics'
import { createClient } from 'redis'
import { expect, onTestFinished, test } from 'vitest'
import { type Broker, REDIS, startBroker } from './broker.ts'
import { connection } from './loss.ts'
import { startCluster } from './redis-cluster.ts'

// As the README of the package lists them.
const RIGHTS = ['+publish', '+subscribe', '+unsubscribe', '+ping', '+hello', '+client']
const RIGHTS_ON_CLUSTER = [
  ...['+spublish', '+ssubscribe', '+sunsubscribe', '+cluster|slots'],
  ...['+ping', '+hello', '+client'],
]
const ALL = ['&wirebeat:*']
const ALL_BUT_SECRET = ['&wirebeat:serv*', '&wirebeat:topic-news', '&wirebeat:topic-other']
/** The broker is asked again every five seconds. */
const PATIENT = { timeout: 30_000 }

test.each([
  {
    name: 'Redis',
    start: () => startBroker(REDIS),
    rights: RIGHTS,
    optionsOf: (urls: string[]): RedisBackplaneOptions => ({ url: urls[0] ?? '' }),
  },
  {
    name: 'a Redis Cluster',
    start: () => startCluster('secret'),
    rights: RIGHTS_ON_CLUSTER,
    optionsOf: (nodes: string[]): RedisBackplaneOptions => ({ cluster: { nodes } }),
  },
])(
  'a topic that the user of $name may not use any more does not keep the others away, and is back when the user may',
  async ({ start, rights, optionsOf }) => {
    const broker = await start()
    onTestFinished(() => broker.close())
    await setUser(broker, 'resetchannels', ...ALL, ...rights)
    const serve = (user: string) => {
      const urls = broker.ports.map((port) => `redis://${user}127.0.0.1:${port}`)
      const topics = createTopics({ backplane: redisBackplane(optionsOf(urls)) })
      onTestFinished(() => topics.close())
      return topics
    }
    const [topics, other] = [serve('ada:x@'), serve('')]
    const heard: number[] = []
    const gaps: Gap[] = []
    topics.on('gap', (gap) => gaps.push(gap))
    const ada = await connection(heard)
    const [news, secret] = [topics.subscribe(ada, 'news'), topics.subscribe(ada, 'secret')]
    expect([await news.relayed, await secret.relayed]).toEqual([true, true])
    await other.ready()

    // Redis cuts the connections of those who are subscribed to what they may not.
    await setUser(broker, 'resetchannels', ...ALL_BUT_SECRET)
    const toldOf = (topic: string) => gaps.filter((gap) => gap.topic === topic)
    await expect
      .poll(() => toldOf('secret').map(({ reason }) => reason), PATIENT)
      .toContain('refused')
    await expect.poll(() => topics.backplane, PATIENT).toBe('up')
    expect(await secret.relayed).toBe(false)
    expect(await news.relayed).toBe(true)
    expect(await topics.subscribe(ada, 'other').relayed).toBe(true)
    expect(await other.publish('news', '1').confirmed()).toBe(true)
    await expect.poll(() => heard, PATIENT).toEqual([1])

    await setUser(broker, ...ALL)
    await expect.poll(() => secret.relayed, PATIENT).toBe(true)
    expect(toldOf('secret').at(-1)?.reason).toBe('disconnected')
    expect(await other.publish('secret', '2').confirmed()).toBe(true)
    await expect.poll(() => heard, PATIENT).toEqual([1, 2])
  },
)

/** Changes the rights of the user of these tests at all nodes. */
async function setUser(broker: Broker, ...rules: readonly string[]): Promise<void> {
  for (const port of broker.ports) {
    const client = createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2 })
    await client.connect()
    await client.sendCommand(['ACL', 'SETUSER', 'ada', 'on', '>x', ...rules])
    client.destroy()
  }
}
