import { createEndpoint, type EndpointOptions } from '@wirebeat/core'
import { Deferred } from '@wirebeat/core/extension'
import { ManualClock, type MemoryClientOptions } from '@wirebeat/core/testing'
import type { HubDefinition, Methods } from '../../src/definition/hub-definition.ts'
import { hubOf } from '../../src/definition/hub-of.ts'
import { createHub } from '../../src/hub.ts'
import type { HubOptions } from '../../src/options.ts'
import { Peer } from './peer.ts'

/** What the clients of these tests can do. */
export interface TestClient {
  said(text: string): void
  ask(question: string): Promise<string>
}

export interface TestContext {
  readonly name: string
}

export const { method, filter, define } = hubOf<TestClient, TestContext>()

/** A hub on an endpoint of its own, whose clock stands still. The client of `/ada` is ada. */
export function setUp<M extends Methods>(
  definition: HubDefinition<TestClient, TestContext, M>,
  options: HubOptions<TestClient, TestContext> = {},
  endpointOptions: Partial<EndpointOptions<TestContext>> = {},
) {
  const clock = new ManualClock()
  const errors: unknown[] = []
  const hub = createHub(definition, { clock, onError: (error) => errors.push(error), ...options })
  const endpoint = createEndpoint<TestContext, string>({
    clock,
    authorize: ({ url }) => ({ name: url.slice(1) }),
    session: hub.session,
    onError: (error) => errors.push(error),
    ...endpointOptions,
  })
  return {
    clock,
    hub,
    endpoint,
    errors,
    connect: (name = '', clientOptions: MemoryClientOptions = {}) =>
      Peer.connect(endpoint, { url: `/${name}`, ...clientOptions }),
  }
}

/** Something that a test lets happen. */
export interface Gate<Value = void> {
  readonly promise: Promise<Value>
  open(value: Value): void
}

export function gate<Value = void>(): Gate<Value> {
  const deferred = new Deferred<Value>()
  return { promise: deferred.promise, open: (value) => deferred.resolve(value) }
}
