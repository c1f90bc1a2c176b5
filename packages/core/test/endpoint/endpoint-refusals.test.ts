import { expect, test } from 'vitest'
import { type RefusalReason, refuse, transportRefusal } from '../../src/handshake/refusal.ts'
import { admit } from '../support/connect.ts'
import { handshake } from '../support/handshake.ts'
import { handshakeRequest } from '../support/handshake-request.ts'
import { pend, refusalsOf, setUp } from '../support/one-endpoint.ts'

type World = ReturnType<typeof setUp>

const never = () => new Promise<never>(() => {})

/** How each reason comes about. */
const ways: Readonly<
  Record<
    RefusalReason,
    {
      readonly status: number
      readonly options?: Parameters<typeof setUp>[0]
      readonly before?: (world: World) => unknown
      readonly headers?: Readonly<Record<string, string | undefined>>
      readonly method?: string
      readonly during?: (world: World) => unknown
    }
  >
> = {
  'not-websocket': { status: 426, headers: { Upgrade: undefined } },
  method: { status: 405, method: 'POST' },
  version: { status: 426, headers: { 'Sec-WebSocket-Version': '8' } },
  malformed: { status: 400, headers: { 'Sec-WebSocket-Key': 'short' } },
  'shutting-down': { status: 503, before: ({ endpoint }) => endpoint.close() },
  full: {
    status: 503,
    options: { maxConnections: 1 },
    before: ({ endpoint }) => admit(endpoint),
  },
  'address-limit': {
    status: 429,
    options: { maxConnectionsPerAddress: 1 },
    before: ({ endpoint }) => admit(endpoint),
  },
  'handshake-limit': {
    status: 503,
    options: { maxPendingHandshakes: 1, authorize: never },
    before: ({ endpoint }) => pend(endpoint),
  },
  host: { status: 403, options: { allowedHosts: ['other.example'] } },
  origin: {
    status: 403,
    options: { allowedOrigins: [] },
    headers: { Origin: 'https://a.example' },
  },
  unauthorized: { status: 401, options: { authorize: () => refuse(401) } },
  timeout: {
    status: 503,
    options: { handshakeTimeout: 500, authorize: never },
    during: ({ clock }) => clock.advance(500),
  },
  transport: {
    status: 404,
    options: {
      path: '/ws',
      httpTransports: {
        serve: () => ({
          subpaths: [''],
          handle() {},
          claim: () => transportRefusal(404, 'No connection.'),
          close() {},
        }),
      },
    },
  },
  error: { status: 500, options: { authorize: () => Promise.reject(new Error('boom')) } },
}

test.each(Object.entries(ways))(
  'a request that is refused as %s gets its status, and is counted and told once',
  async (reason, { status, options, before, headers = {}, method = 'GET', during }) => {
    const world = setUp(options)
    const told: string[] = []
    world.endpoint.on('refuse', (refusal) => told.push(refusal.reason))
    await before?.(world)
    const outcome = handshake(world.endpoint, handshakeRequest({ headers, method }))
    during?.(world)
    const settled = outcome.action === 'wait' ? await outcome.outcome : outcome
    expect(settled).toMatchObject({ action: 'refuse', refusal: { reason, status } })
    expect(refusalsOf(world.endpoint)).toEqual({ [reason]: 1 })
    expect(told).toEqual([reason])
  },
)
