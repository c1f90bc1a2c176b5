import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { HandlerSession } from '@wirebeat/core'
import { httpTransports } from '@wirebeat/http-transports'
import { type Adapter, serve } from '@wirebeat/test-support'
import { expect, onTestFinished, test } from 'vitest'
import { type ProxyKind, startProxy } from './proxy.ts'

/** Says who it is, and answers each message. */
function named(name: string): HandlerSession {
  return {
    open: (connection) => connection.send(`${name} `),
    message: (connection, message) => connection.send(`${name} got ${message} `),
  }
}

/** Sends requests through a proxy, each on any connection. */
class Client {
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true })
  #id = ''

  constructor(port: number) {
    this.#port = port
    onTestFinished(() => this.#agent.destroy())
  }

  async negotiate(): Promise<void> {
    const answer = await text(await this.#send('POST', '/ws/negotiate?negotiateVersion=1'))
    this.#id = JSON.parse(answer).connectionToken
  }

  async post(message: string): Promise<number | undefined> {
    const answer = await this.#send('POST', `/ws?id=${this.#id}`, {}, message)
    answer.resume()
    return answer.statusCode
  }

  async poll(): Promise<string> {
    return text(await this.#send('GET', `/ws?id=${this.#id}`))
  }

  events(): Promise<IncomingMessage> {
    return this.#send('GET', `/ws?id=${this.#id}`, { Accept: 'text/event-stream' })
  }

  async #send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ): Promise<IncomingMessage> {
    const asked = request({
      method,
      path,
      port: this.#port,
      host: 'localhost',
      agent: this.#agent,
      // The certificate of the tests vouches for nobody.
      rejectUnauthorized: false,
      headers: { 'Content-Type': 'text/plain', ...headers },
    })
    asked.end(body)
    const [answer] = await once(asked, 'response', { signal: AbortSignal.timeout(15_000) })
    return answer
  }
}

/** What has come of an answer that goes on. */
async function reads(answer: IncomingMessage, expected: string): Promise<void> {
  let read = ''
  for await (const chunk of answer.iterator({ destroyOnReturn: false })) {
    read += chunk
    if (read.includes(expected)) return
  }
  throw new Error(`${JSON.stringify(expected)} did not come, but ${JSON.stringify(read)}.`)
}

export function testTransports(kind: ProxyKind, adapter: Adapter): void {
  test('each message comes at once over Server-Sent Events', async (context) => {
    const server = await serve(context, adapter, {
      session: named('one'),
      httpTransports: httpTransports(),
    })
    const client = new Client((await startProxy(context, kind, { servers: [server.port] })).port)
    await client.negotiate()
    const events = await client.events()
    onTestFinished(() => {
      events.destroy()
    })
    await reads(events, 'data: one ')
    expect(await client.post('hello')).toBe(200)
    await reads(events, 'data: one got hello ')
  })

  test('messages come and go by long polling', async (context) => {
    const server = await serve(context, adapter, {
      session: named('one'),
      httpTransports: httpTransports(),
    })
    const client = new Client((await startProxy(context, kind, { servers: [server.port] })).port)
    await client.negotiate()
    expect(await client.poll()).toBe('')
    expect(await client.poll()).toBe('one ')
    const poll = client.poll()
    expect(await client.post('hello')).toBe(200)
    expect(await poll).toBe('one got hello ')
  })

  test('the requests of a connection reach the server that its token names', async (context) => {
    const names = ['alpha', 'beta']
    const servers = await Promise.all(
      names.map((serverName) =>
        serve(context, adapter, {
          session: named(serverName),
          httpTransports: httpTransports({ serverName }),
        }),
      ),
    )
    const ports = servers.map(({ port }) => port)
    const changes = kind.routeByToken(
      Object.fromEntries(names.map((name, i) => [name, ports[i] ?? 0])),
    )
    const { port } = await startProxy(context, kind, { servers: ports, changes })
    const found = new Set<string>()
    // The proxy chooses for each negotiation, by a rule of its own.
    for (let count = 0; count < 10; count++) {
      const client = new Client(port)
      await client.negotiate()
      expect(await client.poll()).toBe('')
      const name = (await client.poll()).trim()
      for (const message of ['a', 'b', 'c']) {
        expect(await client.post(message)).toBe(200)
        expect(await client.poll()).toBe(`${name} got ${message} `)
      }
      found.add(name)
    }
    expect([...found].sort()).toEqual(names)
  })
}
