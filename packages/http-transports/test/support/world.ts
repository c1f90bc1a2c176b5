import {
  type Connection,
  createEndpoint,
  type EndpointOptions,
  type HandlerSession,
} from '@wirebeat/core'
import { ManualClock } from '@wirebeat/core/testing'
import { httpTransports } from '../../src/index.ts'
import type { HttpTransportsOptions } from '../../src/options.ts'
import { negotiate } from './ask.ts'
import { type Request, send, settle } from './exchange.ts'
import { recorded } from './recorded.ts'

export const EVENTS = { Accept: 'text/event-stream' }
const TEXT = { 'Content-Type': 'text/plain;charset=UTF-8' }
export const BINARY = { 'Content-Type': 'application/octet-stream' }

interface Setting {
  readonly transports?: HttpTransportsOptions
  readonly session?: Partial<HandlerSession<unknown>>
  readonly options?: Partial<EndpointOptions<unknown>>
}

/** An endpoint with one negotiated connection. */
export async function setUp({ transports, session, options }: Setting = {}) {
  const clock = new ManualClock()
  const { opened, messages, ends, session: noting } = recorded()
  const endpoint = createEndpoint<unknown>({
    path: '/hub',
    clock,
    keepAliveInterval: 0,
    authorize: () => 'anybody',
    session: { ...noting, ...session },
    httpTransports: httpTransports(transports),
    ...options,
  })
  const { connectionId, connectionToken } = await negotiate(endpoint)
  const url = `/hub?id=${connectionToken}`
  const to = (request: Request) => {
    const exchange = send(endpoint, { url, ...request })
    exchange.endTurn = () => clock.endTurn()
    return exchange
  }
  return {
    clock,
    endpoint,
    opened,
    messages,
    ends,
    connectionId,
    token: connectionToken,
    to,
    get: (headers?: Request['headers']) => to({ method: 'GET', ...(headers && { headers }) }),
    post: (body: Request['body'], headers: Request['headers'] = TEXT) =>
      to({ body: body ?? null, headers }),
    end: () => to({ method: 'DELETE' }),
  }
}

type World = Awaited<ReturnType<typeof setUp>>

export async function withEvents(setting?: Setting) {
  const world = await setUp(setting)
  const events = world.get(EVENTS)
  await settle()
  return { ...world, events }
}

/** A client of long polling whose first poll was answered. */
export async function withPolls(setting?: Setting) {
  const world = await setUp(setting)
  await world.get().answer()
  return world
}

export const connectionOf = ({ opened }: World): Connection => opened[0] as Connection
