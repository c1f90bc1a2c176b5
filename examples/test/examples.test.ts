import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { attach } from '@wirebeat/adapter-ws'
import { createEndpoint, echo } from '@wirebeat/core'
import { adapters, makeCertificate } from '@wirebeat/test-support'
import { Client, Program, refusal } from '@wirebeat/test-support/programs'
import { describe, expect, type TestContext, test } from 'vitest'

/** Whether the adapter that an example imports runs here. */
function runsHere(example: string): boolean {
  const source = readFileSync(new URL(`../${example}.ts`, import.meta.url), 'utf8')
  const [, imported] = /'@wirebeat\/adapter-(\w+)'/.exec(source) ?? []
  return adapters.some(({ name }) => name === imported)
}

// Windows has no signals that a process could catch, and every example ends by one.
describe.skipIf(process.platform === 'win32').concurrent('an example', () => {
  for (const name of ['http', 'express', 'fastify', 'hono', 'uws']) {
    test.runIf(runsHere(name))(
      `${name}: serves its pages and echoes beside them`,
      async (context) => {
        const example = start(context, name)
        const port = await example.port()
        const page = await fetch(`http://localhost:${port}/`)
        expect(await page.text()).toBe('A page over HTTP.')

        const client = await Client.open(port, '/ws')
        expect(await client.ask('hello')).toBe('hello')
        expect(await refusal(port, '/ws', { origin: 'https://other.example' })).toBe(403)
        await endsWith1001(example, client)
      },
    )
  }

  test('react: renders on the server, and tells everybody the number', async (context) => {
    const example = start(context, 'react')
    const port = await example.port()
    const page = await (await fetch(`http://localhost:${port}/`)).text()
    expect(page).toContain('<p>closed</p><button type="button">…</button>')
    const script = await (await fetch(`http://localhost:${port}/page.js`)).text()
    expect(script).toContain('ReconnectingWebSocket')

    const [ada, bob] = [await Client.open(port, '/ws'), await Client.open(port, '/ws')]
    expect([await ada.message(), await bob.message()]).toEqual(['0', '0'])
    expect([await ada.ask('+1'), await bob.message()]).toEqual(['1', '1'])
    await endsWith1001(example, ada, bob)
  })

  test('tls: echoes over TLS', async (context) => {
    const { cert, key } = await makeCertificate()
    const example = start(context, 'tls', { CERT: cert, KEY: key })
    const client = await Client.open(await example.port(), '/ws', { ca: await readFile(cert) })
    expect(await client.ask('hello')).toBe('hello')
    await endsWith1001(example, client)
  })

  test('several-endpoints: each has its own session and its own policy', async (context) => {
    const example = start(context, 'several-endpoints')
    const port = await example.port()
    const echoing = await Client.open(port, '/echo')
    const adding = await Client.open(port, '/sum')
    expect(await echoing.ask('2')).toBe('2')
    expect(await adding.ask('2')).toBe('2')
    expect(await adding.ask('3')).toBe('5')
    expect(await refusal(port, '/sum')).toBe(403)
    await endsWith1001(example, echoing, adding)
  })

  test('typed-context: knows who is there, and refuses who is not', async (context) => {
    const example = start(context, 'typed-context')
    const port = await example.port()
    expect(await refusal(port, '/ws')).toBe(401)
    const ada = await Client.open(port, '/ws', { headers: { cookie: 'a=b; ticket=ticket-of-ada' } })
    const bob = await Client.open(port, '/ws', { headers: { cookie: 'ticket=ticket-of-bob' } })
    expect(await ada.message()).toBe('Hello Ada')
    expect(await bob.message()).toBe('Hello Bob')
    expect(await ada.ask('loud')).toBe('LOUD')
    expect(await bob.ask('loud')).toBe('loud')
    await endsWith1001(example, ada, bob)
  })

  for (const [name, path] of [
    ['express-session', '/log-in?name=Ada'],
    ['web-headers', '/'],
  ] as const) {
    test(`${name}: knows who has logged in over HTTP, and refuses who has not`, async (context) => {
      const example = start(context, name)
      const port = await example.port()
      const { headers } = await fetch(`http://localhost:${port}${path}`)
      const cookie = headers.getSetCookie().map((one) => one.split(';', 1)[0])
      const ada = await Client.open(port, '/ws', { headers: { cookie: cookie.join('; ') } })
      expect(await ada.message()).toBe('Hello Ada')
      expect(await refusal(port, '/ws')).toBe(401)
      const forged = cookie.map((one) => `${one?.slice(0, -1)}!`).join('; ')
      expect(await refusal(port, '/ws', { headers: { cookie: forged } })).toBe(401)
      await endsWith1001(example, ada)
    })
  }

  test('tickets: one is good once, and the connection ends with the login', async (context) => {
    const example = start(context, 'tickets', { LOGIN_LIFETIME: '2000' })
    const port = await example.port()
    const ask = (authorization: string) =>
      fetch(`http://localhost:${port}/ticket`, { method: 'POST', headers: { authorization } })
    expect((await ask('Bearer another')).status).toBe(401)
    const ticket = await (await ask('Bearer token-of-ada')).text()
    const client = await Client.open(port, `/ws?ticket=${ticket}`)
    expect(await client.message()).toBe('Hello Ada')
    expect(await refusal(port, `/ws?ticket=${ticket}`)).toBe(401)
    expect(await refusal(port, '/ws')).toBe(401)
    expect(await client.closed).toBe(4401)
    expect(await example.stop()).toBe(0)
  })

  test('hub: is called by the official client, with the types of the hub', async (context) => {
    const server = start(context, 'hub')
    const port = await server.port()
    const client = start(context, 'hub-client', { URL: `http://localhost:${port}/chat` })
    const failed = "An unexpected error occurred invoking 'say' on the server."
    for (const line of [
      'hall: Ada has come',
      'hall: Ada says hello',
      `${failed} HubException: Say something.`,
      '2',
      '1',
      '0',
      'left: true',
      'nothing more',
    ]) {
      expect(await client.line()).toBe(line)
    }
    expect(await server.line()).toBe('Ada is here')
    expect(await server.line()).toBe('Ada has gone: client')
    expect(await refusal(port, '/chat')).toBe(401)
    expect(await server.stop()).toBe(0)
  })

  test('several-servers: reaches the clients of both servers', async (context) => {
    const example = start(context, 'several-servers')
    const ports = [await example.port(), await example.port()]
    const enter = async (name: string, server: number) => {
      const client = new HubConnectionBuilder()
        .withUrl(`http://localhost:${ports[server]}/chat?name=${name}`, {
          transport: HttpTransportType.WebSockets,
          skipNegotiation: true,
        })
        .configureLogging(LogLevel.None)
        .build()
      const heard: string[] = []
      for (const method of ['said', 'whispered']) {
        client.on(method, (...words: string[]) => heard.push(words.join(' ')))
      }
      client.on('invited', () => true)
      await client.start()
      return { client, heard, id: await client.invoke('me') }
    }
    const [ada, bob] = [await enter('Ada', 0), await enter('Bob', 1)]
    await ada.client.invoke('join', 'hall')
    expect(await ada.client.invoke('invite', bob.id, 'hall')).toBe(true)
    // A server hears a topic of others once its broker has said so.
    await context.expect
      .poll(
        async () => {
          await ada.client.invoke('say', 'hall', 'hello')
          return bob.heard
        },
        { timeout: 20_000 },
      )
      .toContain('hall Ada hello')
    expect(await bob.client.invoke('whisper', ada.id, 'psst')).toBe(true)
    await context.expect.poll(() => ada.heard, { timeout: 20_000 }).toContain('Bob psst')
    expect(await bob.client.invoke('whisper', 'nobody', 'psst')).toBe(false)
    await expect(ada.client.invoke('invite', 'nobody', 'hall')).rejects.toThrow('No answer: gone.')
    const elsewhere = await enter('Bob', 0)
    const ends = [bob, elsewhere].map(
      ({ client }) => new Promise<void>((resolve) => client.onclose(() => resolve())),
    )
    await bob.client.send('logOut')
    await Promise.all(ends)
    expect(await example.line()).toBe('Bob had 2')
    await ada.client.stop()
    expect(await example.stop()).toBe(0)
  })

  test('tracing: a span for each handshake, message and call, with a link to the handshake', async (context) => {
    const example = start(context, 'tracing')
    const port = await example.port()
    const span = async () => JSON.parse(await example.line())
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` }

    const client = await Client.open(port, '/ws?token=secret', { headers })
    expect(await span()).toMatchObject({
      name: 'handshake',
      traceId,
      attributes: { 'url.path': '/ws' },
    })
    expect(await client.ask('hello')).toBe('hello')
    const message = await span()
    expect(message).toMatchObject({ name: 'message', link: traceId, isRoot: true })
    expect(message.traceId).not.toBe(traceId)

    const hub = await Client.open(port, '/sums')
    const { traceId: handshake } = await span()
    const record = (value: object) => `${JSON.stringify(value)}\x1e`
    expect(await hub.ask(record({ protocol: 'json', version: 1 }))).toBe(record({}))
    hub.send(record({ type: 1, invocationId: '1', target: 'divide', arguments: [1, 0] }))
    const [inner, outer] = [await span(), await span()]
    expect(outer).toMatchObject({ name: 'hub divide', link: handshake, status: { code: 2 } })
    expect(inner).toMatchObject({ name: 'division', traceId: outer.traceId, isRoot: false })
    hub.close()
    await endsWith1001(example, client)
  })

  test('broadcast: what one sends, all get', async (context) => {
    const example = start(context, 'broadcast')
    const port = await example.port()
    const clients = [await Client.open(port, '/ws'), await Client.open(port, '/ws')]
    clients[0]?.send('news')
    expect(await Promise.all(clients.map((client) => client.message()))).toEqual(['news', 'news'])
    await endsWith1001(example, ...clients)
  })

  test('chat: people come, talk in rooms and to each other, and go', async (context) => {
    const example = start(context, 'chat')
    const port = await example.port()
    const ada = await Client.open(port, '/ws')
    expect(await ada.ask('Ada')).toBe('Ada has come.')
    const bob = await Client.open(port, '/ws')
    expect(await bob.ask('Ada')).toBe('Another name, please.')
    expect(await bob.ask('Bob')).toBe('Bob has come.')
    expect(await ada.message()).toBe('Bob has come.')
    expect(await bob.ask('Hello')).toBe('Bob: Hello')
    expect(await ada.message()).toBe('Bob: Hello')
    ada.send('/to Bob psst')
    expect(await bob.message()).toBe('Ada to you: psst')
    expect(await bob.ask('/room kitchen')).toBe('Bob has come.')
    expect(await ada.message()).toBe('Bob has gone.')
    expect(await bob.ask('Anybody here?')).toBe('Bob: Anybody here?')
    expect(await bob.ask('/room no:name')).toBe('Another name, please.')
    expect(await bob.ask('/room hall')).toBe('Bob has come.')
    expect(await ada.message()).toBe('Bob has come.')
    bob.close()
    expect(await ada.message()).toBe('Bob has gone.')
    await endsWith1001(example, ada)
  })

  test('client: connects again when its connection was lost', async (context) => {
    const { url, dropAll } = await serve(context)
    const example = start(context, 'client', { URL: url })
    const connected = ['status open', 'message hello']
    expect([await example.line(), await example.line()]).toEqual(connected)
    dropAll()
    expect(await example.line()).toBe('status waiting')
    expect(await example.line()).toBe('status connecting')
    expect([await example.line(), await example.line()]).toEqual(connected)
    expect(await example.stop()).toBe(0)
    expect(await example.line()).toBe('status closing')
    expect(await example.line()).toBe('status closed')
    expect(await example.line()).toBe('closed with 1005')
  })
})

/** Starts one of the examples. */
function start(
  context: TestContext,
  name: string,
  env?: Readonly<Record<string, string>>,
): Program {
  return new Program(context, fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url)), env)
}

/** SIGTERM sends the clients away, and the program ends by itself. */
async function endsWith1001(example: Program, ...clients: readonly Client[]): Promise<void> {
  expect(await example.stop()).toBe(0)
  for (const client of clients) expect(await client.closed).toBe(1001)
}

/** An echo that the client of the example can connect to. */
async function serve({ onTestFinished }: TestContext) {
  const endpoint = createEndpoint({ path: '/ws', heartbeatMessage: 'beat', session: echo() })
  const server = attach(createServer(), endpoint).listen(0, 'localhost')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await endpoint.close({ deadline: 0 })
  })
  // It listens on a host, so that this is no path.
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://localhost:${port}/ws`,
    dropAll() {
      for (const connection of endpoint.connections) connection.terminate()
    },
  }
}
