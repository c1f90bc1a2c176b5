import { createEndpoint } from '@wirebeat/core'
import { createHub, hubOf, streamOf } from '@wirebeat/hub'
import { messagepack } from '@wirebeat/hub/messagepack'
import { HubTestClient } from '@wirebeat/hub/testing'
import type { Anything } from './provoking.ts'

const { method, define } = hubOf<{ ask(): Promise<string> }>()
const silent = define({
  ask: method([], (call) => call.clients.caller.invoke('ask', { timeout: 1 })),
  join: method([], async (call) => {
    await call.groups.add('a')
    await call.groups.add('b')
  }),
  streams: method([], async function* () {}),
  written: method([], () => 1n),
  leave: method([], (call) => call.disconnect(5 as Anything)),
})
const hub = createHub(silent, { onError() {} })
const nobody = hub.clients.connection('nobody')

/** What a client of a hub is told, or the hub itself, when somebody calls this method. */
export function ofHub(name: string, options: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const own = createHub(silent, {
      detailedErrors: true,
      onError: (error) => resolve((error as Error).message),
      ...options,
    })
    const open = createEndpoint({
      session: own.session,
      onError: (error) => resolve((error as Error).message),
    })
    HubTestClient.connect<typeof silent>(open).then(
      (client) => {
        const invoke = client.invoke as (name: string) => Promise<unknown>
        invoke.call(client, name).then(reject, (error) => resolve(error.message))
      },
      (error) => resolve(error.message),
    )
  })
}

export const hubCalls: readonly (() => unknown)[] = [
  ...[
    { nonsense: 1 },
    { maxRecordSize: 0 },
    { maxParallelCalls: 0 },
    { maxWaitingCalls: 0 },
    { maxStreams: 0 },
    { maxUploadItems: 0 },
    { maxGroups: 0 },
    { maxIdLength: 0 },
    { reconnectBufferSize: 0 },
    { receiveBufferSize: 0 },
    { handshakeTimeout: 0 },
    { name: '' },
    { name: 'a'.repeat(41) },
    { topics: 5 },
    { userId: 5 },
    { expiresAt: 5 },
    { connected: 5 },
    { disconnected: 5 },
    { filters: 5 },
    { filters: [5] },
    { encodings: 5 },
    { encodings: [5] },
    { encodings: [messagepack(), messagepack()] },
    { detailedErrors: 5 },
    { onError: 5 },
    { clock: 5 },
  ].map((options) => () => createHub(silent, options as Anything)),
  () => createHub(silent, 5 as Anything),
  () => createHub({} as Anything),
  () => define(5 as Anything),
  () => define({ a: 5 as Anything }),
  () => define({ a: method([], () => {}), A: method([], () => {}) }),
  () => method(5 as Anything, () => {}),
  () => method([5 as Anything], () => {}),
  () => method([], 5 as Anything),
  () => streamOf(5 as Anything),
  () => hub.disconnect(5 as Anything),
  () => hub.disconnect({} as Anything),
  () => hub.disconnect({ user: '' }),
  () => hub.disconnect({ user: 'a' }, 5 as Anything),
  () => hub.disconnect({ user: 'a' }, { allowReconnect: 5 as Anything }),
  () => hub.close(5 as Anything),
  () => hub.groups.count(''),
  () => nobody.invoke('ask', 5 as Anything),
  () => nobody.invoke('ask', { timeout: 0 }),
  () => nobody.invoke('ask', { timeout: 1, signal: 5 as Anything }),
  () => nobody.invoke('ask', { timeout: 1, answer: 5 as Anything }),
  () => nobody.invoke('ask', { timeout: 1 }),
]
