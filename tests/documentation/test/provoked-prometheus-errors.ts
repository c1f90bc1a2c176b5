import { createEndpoint, echo } from '@wirebeat/core'
import { measureCalls, register, registerTopics } from '@wirebeat/prometheus'
import { createTopics } from '@wirebeat/topics'
import { Registry } from 'prom-client'
import type { Anything } from './provoking.ts'

const endpoint = createEndpoint({ session: echo() })
const topics = createTopics()

export const prometheusCalls: readonly (() => unknown)[] = [
  () => register({} as Anything),
  () => register(endpoint, 5 as Anything),
  () => register(endpoint, { nonsense: 1 } as Anything),
  () => register(endpoint, { registry: 5 as Anything }),
  () => register(endpoint, { registry: new Registry(), name: '' }),
  () => {
    const registry = new Registry()
    register(endpoint, { registry })
    register(endpoint, { registry })
  },
  () => registerTopics({} as Anything),
  () => registerTopics(topics, 5 as Anything),
  () => measureCalls(5 as Anything),
]
