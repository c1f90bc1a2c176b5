import { createEndpoint, type Endpoint, type EndpointOptions, echo } from '@wirebeat/core'
import type { Adapter } from '@wirebeat/core/adapter'
import { type HttpTransportsOptions, httpTransports } from '@wirebeat/http-transports'
import { createHub, HubError, type HubOptions } from '@wirebeat/hub'
import { messagepack } from '@wirebeat/hub/messagepack'
import { defineReferenceHub, type ReferenceClient } from './reference-methods.ts'
import { State } from './state.ts'
import { anybody, known, type Visitor } from './visitor.ts'

/** A server with the reference hub. */
export interface Started {
  readonly origin: string
  stop(): Promise<void>
}

type OwnHubOptions = HubOptions<ReferenceClient, Visitor>
type OwnEndpointOptions = Partial<EndpointOptions<Visitor>>

/** What differs from the defaults at a path. */
interface Own {
  readonly hub?: OwnHubOptions
  readonly endpoint?: OwnEndpointOptions
  readonly transports?: HttpTransportsOptions
}

const HUBS: Readonly<Record<string, Own>> = {
  '/hub': { transports: { statefulReconnect: true } },
  '/hub/quick': {
    hub: { handshakeTimeout: 2_000 },
    endpoint: { keepAliveInterval: 1_000, clientTimeout: 3_000 },
    transports: { pollTimeout: 2_000, statefulReconnect: true },
  },
  '/hub/detailed': { hub: { detailedErrors: true } },
  '/hub/parallel': { hub: { maxParallelCalls: 4 } },
  '/hub/fallback': { transports: { transports: ['server-sent-events', 'long-polling'] } },
  '/hub/polls': { transports: { transports: ['long-polling'], pollTimeout: 1_000 } },
  '/hub/padded': { transports: { streamPadding: 4_096 } },
  '/hub/sockets': { transports: { transports: ['web-sockets'] } },
  '/hub/v1': { transports: { minNegotiateVersion: 1 } },
  '/hub/denied': {},
  '/hub/auth': { endpoint: { authorize: known } },
}

/** Starts the reference hub on Wirebeat, on 127.0.0.1. */
export async function startReferenceHub(adapter: Adapter, port = 0): Promise<Started> {
  const state = new State()
  const definition = defineReferenceHub(state)
  const endpoints: Endpoint<Visitor>[] = Object.entries(HUBS).map(([path, own]) => {
    const hub = createHub(definition, {
      encodings: [messagepack()],
      userId: ({ userId }) => userId,
      connected: ({ context }) => {
        const key = context.query('key')
        if (key !== null) state.get(key).connected++
        if (path === '/hub/denied') throw new HubError('denied')
      },
      disconnected: ({ context }, { error }) => {
        const key = context.query('key')
        if (key === null) return
        state.get(key).disconnected++
        state.get(key).lastError = error ?? null
      },
      // Methods fail on purpose, and their clients are told.
      onError: () => {},
      ...own.hub,
    })
    return createEndpoint({
      path,
      authorize: anybody,
      keepAliveInterval: 15_000,
      aliveOn: 'message',
      session: hub.session,
      httpTransports: httpTransports(own.transports),
      ...own.endpoint,
    })
  })
  const [first, ...rest] = [
    ...endpoints,
    redirect(),
    createEndpoint({ path: '/ws', session: echo() }),
  ]
  const listening = await adapter.listen(first as Endpoint<unknown>, {
    host: '127.0.0.1',
    port,
    configure: (host) => {
      for (const endpoint of rest) adapter.attach(host, endpoint as Endpoint<unknown>)
    },
  })
  return {
    origin: `http://127.0.0.1:${listening.port}`,
    async stop() {
      await listening.close()
      await Promise.all([first, ...rest].map((endpoint) => endpoint?.close({ deadline: 0 })))
    },
  }
}

/** Sends clients to the hub that wants a token, with one. */
function redirect(): Endpoint {
  return createEndpoint({
    path: '/redirect',
    session: echo(),
    httpTransports: httpTransports({
      redirect: ({ host, secure }) => ({
        url: `${secure ? 'https' : 'http'}://${host}/hub/auth`,
        accessToken: 'probe.redirected',
      }),
    }),
  })
}
