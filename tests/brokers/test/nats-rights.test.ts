import { type NatsBackplaneOptions, natsBackplane } from '@wirebeat/backplane-nats'
import { createTopics, type Gap, type Topics } from '@wirebeat/topics'
import { describe, expect, onTestFinished, test } from 'vitest'
import { natsWith, type RunningBroker, startBroker } from './broker.ts'
import { connection } from './loss.ts'

const PATIENT = { timeout: 20_000 }

/** A NATS whose configuration can be changed. */
async function natsOf(configuration: string) {
  let current = configuration
  const broker = await startBroker((port, folder) => natsWith(current)(port, folder))
  onTestFinished(() => broker.close())
  return {
    broker,
    configure(next: string): void {
      current = next
    },
  }
}

function serve({ port }: RunningBroker, client: NatsBackplaneOptions['client'] = {}): Topics {
  const backplane = natsBackplane({ servers: `127.0.0.1:${port}`, client })
  const topics = createTopics({ backplane })
  onTestFinished(() => topics.close())
  return topics
}

const letsIn = (password: string): string =>
  `authorization { users = [{ user: ada, password: ${password} }] }\n`

test('a server that NATS has not let in for a while is up when it is let in again, and says why it was down', async () => {
  const { broker, configure } = await natsOf(letsIn('right'))
  const topics = serve(broker, { user: 'ada', pass: 'right' })
  await topics.ready()
  const reasons: string[] = []
  topics.on('state', (state, why) => reasons.push(`${state} ${why?.message}`))
  configure(letsIn('other'))
  await broker.kill()
  await broker.start()
  const lost = `down The connection to NATS at 127.0.0.1:${broker.port} was lost.`
  await expect
    .poll(() => reasons, PATIENT)
    .toEqual([lost, expect.stringMatching(/ was lost\. .*Authorization Violation/)])
  // It is refused twice at least.
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(topics.backplane).toBe('down')
  configure(letsIn('right'))
  await broker.kill()
  await broker.start()
  await expect.poll(() => topics.backplane, PATIENT).toBe('up')
  expect(reasons.length).toBe(3)
})

test('a server whose client has given up connects again, and is subscribed to its topics', async () => {
  const { broker } = await natsOf('')
  let isReady = true
  const authenticator = () => {
    if (!isReady) throw new Error('The token cannot be read.')
    return { auth_token: 'x' }
  }
  const [topics, other] = [serve(broker, { authenticator }), serve(broker)]
  const heard: number[] = []
  const reasons: string[] = []
  topics.on('state', (state, why) => reasons.push(`${state} ${why?.message}`))
  expect(await topics.subscribe(await connection(heard), 'room').relayed).toBe(true)
  await other.ready()
  isReady = false
  await broker.kill()
  await broker.start()
  await expect.poll(() => reasons.at(-1), PATIENT).toMatch('was lost. The token cannot be read.')
  isReady = true
  await expect.poll(() => [topics.backplane, other.backplane], PATIENT).toEqual(['up', 'up'])
  other.publish('room', '1')
  await expect.poll(() => heard, PATIENT).toEqual([1])
})

test('a publication that NATS does not permit is not confirmed, and others are', async () => {
  const { broker } = await natsOf(`authorization { users = [
    { user: ada, password: x, permissions: { publish: { deny: [wirebeat.topic-secret] }, subscribe: ">" } }
  ] }\n`)
  const topics = serve(broker, { user: 'ada', pass: 'x' })
  await topics.ready()
  const turns: Promise<readonly boolean[]>[] = []
  for (let count = 0; count < 50; count++) {
    turns.push(
      Promise.all(['secret', 'secret'].map((topic) => topics.publish(topic, '1').confirmed())),
    )
    await new Promise(setImmediate)
    turns.push(Promise.all([topics.publish('news', '1').confirmed()]))
    await new Promise(setImmediate)
  }
  const outcomes = await Promise.all(turns)
  for (const [index, outcome] of outcomes.entries()) {
    expect(outcome).toEqual(index % 2 === 0 ? [false, false] : [true])
  }
  expect(topics.backplane).toBe('up')
})

describe('a topic that NATS does not permit any more is told, and is relayed again when NATS does', () => {
  const permits = (denied: string): string => `authorization { users = [
    { user: ada, password: x, permissions: { publish: ">", subscribe: { allow: ">", deny: [${denied}] } } }
    { user: bob, password: x }
  ] }\n`
  test.each([
    { how: 'at once', change: async (broker: RunningBroker) => broker.reload() },
    {
      how: 'after an outage',
      async change(broker: RunningBroker) {
        await broker.kill()
        await broker.start()
      },
    },
  ])('$how', async ({ change }) => {
    const { broker, configure } = await natsOf(permits('none'))
    const [topics, other] = ['ada', 'bob'].map((user) => serve(broker, { user, pass: 'x' }))
    if (topics === undefined || other === undefined) return
    const heard: number[] = []
    const gaps: Gap[] = []
    const ada = await connection(heard)
    const [news, secret] = [topics.subscribe(ada, 'news'), topics.subscribe(ada, 'secret')]
    expect([await news.relayed, await secret.relayed]).toEqual([true, true])
    topics.on('gap', (gap) => gaps.push(gap))
    const toldOf = (topic: string) =>
      gaps.filter((gap) => gap.topic === topic).map(({ reason }) => reason)

    configure(permits('wirebeat.topic-secret'))
    await change(broker)
    await expect.poll(() => toldOf('secret'), PATIENT).toEqual(['refused'])
    expect([await news.relayed, await secret.relayed]).toEqual([true, false])
    await expect.poll(() => other.backplane, PATIENT).toBe('up')
    expect(await other.publish('secret', '1').confirmed()).toBe(true)
    expect(await other.publish('news', '2').confirmed()).toBe(true)
    await expect.poll(() => heard, PATIENT).toEqual([2])

    configure(permits('none'))
    broker.reload()
    await expect.poll(() => secret.relayed, PATIENT).toBe(true)
    expect(toldOf('secret')).toEqual(['refused', 'disconnected'])
    expect(await other.publish('secret', '3').confirmed()).toBe(true)
    await expect.poll(() => heard, PATIENT).toEqual([2, 3])
  })
})
