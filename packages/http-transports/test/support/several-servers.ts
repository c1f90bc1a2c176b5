import { createEndpoint, type EndpointOptions } from '@wirebeat/core'
import { ManualClock } from '@wirebeat/core/testing'
import { createTopics } from '@wirebeat/topics'
import { createBroker } from '@wirebeat/topics/testing'
import { httpTransports } from '../../src/index.ts'
import type { HttpTransportsOptions } from '../../src/options.ts'
import type { Negotiated } from './ask.ts'
import { type Exchange, type Request, send } from './exchange.ts'
import { recorded } from './recorded.ts'

const TEXT = { 'Content-Type': 'text/plain;charset=UTF-8' }

/** Servers on one broker, whose clock the test moves. */
export async function severalServers(maxPayload = 1_048_576) {
  const clock = new ManualClock()
  const broker = createBroker({ maxPayload })

  /** Lets everything happen that can, without time passing. */
  async function settle(): Promise<void> {
    for (let round = 0; round < 10; round++) {
      clock.endTurn()
      for (let step = 0; step < 40; step++) await Promise.resolve()
    }
  }

  /** Lets time pass, a second at a time, with all that happens meanwhile. */
  async function pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 1_000) {
      clock.advance(Math.min(left, 1_000))
      await settle()
    }
  }

  async function addServer(
    name: string,
    options: Partial<EndpointOptions<unknown>> = {},
    transports: HttpTransportsOptions = {},
  ) {
    const backplane = broker.backplane()
    const topics = createTopics({ backplane, name: 'chat', clock })
    const { opened, messages, ends, session } = recorded()
    const errors: unknown[] = []
    const make = (path: string) =>
      createEndpoint<unknown>({
        path,
        clock,
        keepAliveInterval: 0,
        authorize: () => 'anybody',
        session,
        onError: (error) => errors.push(error),
        httpTransports: httpTransports({ serverName: name, servers: topics, ...transports }),
        ...options,
      })
    const endpoint = make('/hub')
    await settle()

    /** Sends a request, and lets everything happen that follows from it. */
    async function ask(request: Request): Promise<Exchange> {
      const exchange = send(endpoint, request)
      await settle()
      return exchange
    }

    return {
      topics,
      backplane,
      endpoint,
      make,
      opened,
      messages,
      ends,
      errors,
      ask,
      post: (token: string, body: Request['body'] = 'hello', headers: Request['headers'] = TEXT) =>
        ask({ url: `/hub?id=${token}`, body: body ?? null, headers }),
      leave: (token: string) => ask({ method: 'DELETE', url: `/hub?id=${token}` }),
      /** A connection that was negotiated. Returns its token. */
      async negotiate(): Promise<string> {
        const { connectionToken }: Negotiated = JSON.parse((await ask({})).body)
        return connectionToken
      },
      /** A connection of long polling. Returns its token. */
      async connect(): Promise<string> {
        const token = await this.negotiate()
        await ask({ method: 'GET', url: `/hub?id=${token}` })
        return token
      },
    }
  }

  return { clock, broker, settle, pass, addServer }
}

export type Server = Awaited<ReturnType<Awaited<ReturnType<typeof severalServers>>['addServer']>>
