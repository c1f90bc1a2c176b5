import { natsBackplane } from '@wirebeat/backplane-nats'
import { redisBackplane } from '@wirebeat/backplane-redis'
import { createTopics } from '@wirebeat/topics'
import { createBroker } from '@wirebeat/topics/testing'
import { type Anything, connection } from './provoking.ts'

const topics = createTopics()
const publish = (message: unknown, options: unknown) =>
  topics.publish('a', message as Anything, options as Anything)

export const topicsCalls: readonly (() => unknown)[] = [
  ...[
    5,
    { nonsense: 1 },
    { encodings: [] },
    { encodings: [''] },
    { backplane: {} },
    { backplane: Object.assign(createBroker().backplane(), { maxPayload: 5 }) },
    { name: '' },
    { onError: 5 },
  ].map((options) => () => createTopics(options as Anything)),
  ...[5, { as: 'json' }, { slow: 'never' }].map(
    (options) => () => topics.subscribe({} as Anything, 'a', options as Anything),
  ),
  () => topics.count(''),
  () => publish(5, {}),
  () => publish('', 5),
  () => publish('', { except: 5 }),
  () => publish('', { except: [5] }),
  () => publish('', { local: 5 }),
  () => connection((open) => topics.subscribe(open, 'a') && publish({ encode: () => 5 }, {})),
]

const several = createTopics({ backplane: createBroker().backplane() })
const question = new Uint8Array()
several.answer('taken', () => question)

export const severalServersCalls: readonly (() => unknown)[] = [
  ...[
    5,
    { url: '' },
    { url: 'redis://a/b' },
    { cluster: 5 },
    { cluster: { nodes: ['redis://a'] }, url: 'redis://a' },
    { cluster: { nodes: [] } },
    { cluster: { nodes: [''] } },
    { cluster: { nodes: ['redis://a'], nodeAddressMap: 5 } },
    { prefix: '' },
    { maxPayload: 0 },
    { connectTimeout: 0 },
  ].map((options) => () => redisBackplane(options as Anything)),
  ...[5 as Anything, { servers: [] }, { prefix: '' }].map(
    (options) => () => natsBackplane(options),
  ),
  () => topics.ask('a', 'b', question, { timeout: 1 }),
  () => several.ask('a', '', question, { timeout: 1 }),
  () => several.ask('a', 'b', 5 as Anything, { timeout: 1 }),
  () => several.ask('a', 'b', question, { timeout: 1 }),
  () => several.answer('a', 5 as Anything),
  () => several.answer('taken', () => question),
]
