import { MemoryClient } from '@wirebeat/core/testing'
import { createTopics } from '@wirebeat/topics'
import { expect, test } from 'vitest'
import { httpTransports } from '../src/index.ts'
import { send } from './support/exchange.ts'
import { severalServers } from './support/several-servers.ts'

const UNKNOWN = 'No Connection with that ID'
const ELSEWHERE =
  'No Connection with that ID. It begins with the name of another server: let the proxy route by that.'

/** Two servers, and a connection of long polling on `alpha`. */
async function twoServers(...world: Parameters<typeof severalServers>) {
  const servers = await severalServers(...world)
  const alpha = await servers.addServer('alpha')
  const beta = await servers.addServer('beta')
  return { ...servers, alpha, beta, token: await alpha.connect() }
}

/** The token with other random bits. */
function strange(token: string, number = 0): string {
  return token.slice(0, -22) + String(number).padStart(22, 'A')
}

test('a token begins with the name of its server, and has the name by which others ask it', async () => {
  const { token, alpha } = await twoServers()
  expect(token.slice(0, -22)).toBe(`alpha.${alpha.topics.server}.`)
})

test('without a backplane a token is as it is without servers, and nothing is forwarded', async () => {
  const { addServer } = await severalServers()
  const alone = await addServer('alpha', {}, { servers: createTopics() })
  expect(await alone.connect()).toMatch(/^alpha\.[\w-]{22}$/)
  expect(await alone.post('beta.AAAAAAAAAAAAAAAAAAAAAA')).toMatchObject({
    status: 404,
    body: ELSEWHERE,
  })
})

test('a POST is forwarded to the server that has the connection, text as text and bytes as bytes', async () => {
  const { alpha, beta, token } = await twoServers()
  const first = await beta.post(token, 'grüße 𝒳\n')
  const second = await beta.post(token, Uint8Array.of(0, 10, 255), {})
  expect(alpha.messages).toEqual(['grüße 𝒳\n', Uint8Array.of(0, 10, 255)])
  expect([first, second]).toMatchObject([
    { status: 200, body: '', head: { headers: { 'Content-Type': 'text/plain' } } },
    { status: 200, body: '' },
  ])
  expect(beta.endpoint.stats().refusals.transport).toBe(0)
})

test('what is forwarded before the connection is open is read when it opens', async () => {
  const { alpha, beta } = await twoServers()
  const token = await alpha.negotiate()
  expect(await beta.post(token, 'early')).toMatchObject({ status: 200 })
  expect(alpha.messages).toEqual([])
  await alpha.ask({ method: 'GET', url: `/hub?id=${token}` })
  expect(alpha.messages).toEqual(['early'])
})

test('the requests of one connection keep their order, also where they come by different servers', async () => {
  const { alpha, beta, token, addServer } = await twoServers()
  const gamma = await addServer('gamma')
  const sent: string[] = []
  for (let number = 0; number < 30; number++) {
    const server = [alpha, beta, gamma][number % 3]
    expect(await server?.post(token, `${number}`)).toMatchObject({ status: 200 })
    sent.push(`${number}`)
  }
  expect(alpha.messages).toEqual(sent)
})

test('requests that come together are forwarded one after the other, and 16 may wait', async () => {
  const { alpha, beta, token, settle } = await twoServers()
  const exchanges = Array.from({ length: 17 }, (_, number) =>
    send(beta.endpoint, {
      url: `/hub?id=${token}`,
      headers: { 'Content-Type': 'text/plain' },
      body: `${number}`,
    }),
  )
  for (let round = 0; round < 17; round++) await settle()
  expect(alpha.messages).toEqual(Array.from({ length: 16 }, (_, number) => `${number}`))
  expect(exchanges.map(({ status }) => status)).toEqual([...Array(16).fill(200), 429])
  expect(exchanges[16]?.body).toBe(
    'This connection has too many requests that wait. Send one after the other.',
  )
  expect(await beta.post(token, 'later')).toMatchObject({ status: 200 })
})

test('a DELETE is forwarded, before requests that wait', async () => {
  const { alpha, beta, token } = await twoServers()
  alpha.opened[0]?.pause()
  const post = await beta.post(token)
  expect(post.status).toBeUndefined()
  expect(await beta.leave(token)).toMatchObject({ status: 202, body: '' })
  expect(alpha.ends.map(({ cause }) => cause)).toEqual(['client'])
  expect(post).toMatchObject({ status: 404, body: UNKNOWN })
  expect(await beta.leave(token)).toMatchObject({ status: 404, body: UNKNOWN })
})

test('a refusal of the other server is that of this one, and is counted here', async () => {
  const { alpha, beta } = await twoServers()
  const token = await alpha.negotiate()
  expect(await beta.leave(token)).toMatchObject({
    status: 400,
    body: 'Cannot terminate this connection using the DELETE endpoint.',
  })
  await MemoryClient.connect(alpha.endpoint, { url: `/hub?id=${token}` })
  expect(await beta.post(token)).toMatchObject({
    status: 405,
    body: 'POST requests are not allowed for WebSocket connections.',
  })
  expect(beta.endpoint.stats().refusals.transport).toBe(2)
  expect(alpha.endpoint.stats().refusals.transport).toBe(0)
})

test('polls, streams and WebSockets are not forwarded, and are told how to come to the other server', async () => {
  const { alpha, beta, token } = await twoServers()
  const url = `/hub?id=${token}`
  const refused = { status: 404, body: ELSEWHERE }
  expect(await beta.ask({ method: 'GET', url })).toMatchObject(refused)
  const headers = { Accept: 'text/event-stream' }
  expect(await beta.ask({ method: 'GET', url, headers })).toMatchObject(refused)
  await expect(MemoryClient.connect(beta.endpoint, { url })).rejects.toMatchObject({
    refusal: refused,
  })
  expect(beta.topics.stats().asked).toBe(0)
  expect(await alpha.ask({ method: 'GET', url: `/hub?id=${strange(token)}` })).toMatchObject({
    status: 404,
    body: UNKNOWN,
  })
})

test('a page is allowed by the server that it asks, and its origin is named in the answer', async () => {
  const { addServer } = await severalServers()
  const alpha = await addServer('alpha')
  const beta = await addServer('beta', { allowedOrigins: ['https://client.example'] })
  const token = await alpha.connect()
  const from = (origin: string) => beta.post(token, origin, { Origin: origin })
  expect(await from('https://other.example')).toMatchObject({ status: 403 })
  expect(beta.topics.stats().asked).toBe(0)
  expect((await from('https://client.example')).head).toMatchObject({
    status: 200,
    headers: { 'Access-Control-Allow-Origin': 'https://client.example', Vary: 'Origin' },
  })
})

test('a token of nobody is refused, and is not forwarded again', async () => {
  const { alpha, beta, token } = await twoServers()
  expect(await beta.post(strange(token))).toMatchObject({ status: 404, body: UNKNOWN })
  expect(await alpha.post(strange(token))).toMatchObject({ status: 404, body: UNKNOWN })
  expect([alpha, beta].map(({ topics }) => topics.stats().asked)).toEqual([0, 1])
})

test('a token that names no server that is there is refused before its body is read', async () => {
  const { beta } = await twoServers()
  for (const token of ['A'.repeat(22), `alpha.${'A'.repeat(22)}`, `a.b:c.${'A'.repeat(22)}`]) {
    expect(await beta.post(token, null)).toMatchObject({ status: 404, body: UNKNOWN })
  }
  expect(beta.topics.stats().asked).toBe(0)
})

test('a token opens nothing at another endpoint', async () => {
  const { alpha, beta, token, settle } = await twoServers()
  alpha.make('/other')
  const other = beta.make('/other')
  const exchange = send(other, { url: `/other?id=${token}`, body: 'hello' })
  await settle()
  expect(exchange).toMatchObject({ status: 404, body: UNKNOWN })
  expect(alpha.messages).toEqual([])
})

test('a body that is too large for the endpoint ends the connection, as at its own server', async () => {
  const { addServer } = await severalServers()
  const alpha = await addServer('alpha', { maxMessageSize: 10 })
  const beta = await addServer('beta', { maxMessageSize: 20 })
  const tokens = [await alpha.connect(), await alpha.connect()]
  const refused = { status: 413, body: 'The message is too large.' }
  // Too large for the one that gets it, and too large only for the one that has the connection.
  expect(await beta.post(tokens[0] ?? '', 'x'.repeat(21))).toMatchObject(refused)
  expect(await beta.post(tokens[1] ?? '', 'x'.repeat(11))).toMatchObject(refused)
  expect(alpha.ends.map(({ cause }) => cause)).toEqual(['message-too-big', 'message-too-big'])
})

test('a body that is too large for the backplane is refused, and the connection lives on', async () => {
  const { alpha, beta, token } = await twoServers(2_000)
  const { maxQuestion } = beta.topics
  expect(await beta.post(token, 'x'.repeat(maxQuestion))).toMatchObject({
    status: 413,
    body: `The message is too large to be forwarded to the server that has the connection, which takes ${maxQuestion.toLocaleString('en')} bytes of a request. Let the proxy route by the name at the beginning of the ID.`,
  })
  expect(await alpha.post(token, 'x'.repeat(maxQuestion))).toMatchObject({ status: 200 })
  expect(await beta.post(token, 'hello')).toMatchObject({ status: 200 })
  expect(alpha.messages.at(-1)).toBe('hello')
})

test('a body that does not arrive is given up', async () => {
  const { beta, token, pass } = await twoServers()
  const post = await beta.post(token, null)
  await pass(10_000)
  expect(post).toMatchObject({ status: 408, body: 'The request took too long to arrive.' })
  expect(beta.topics.stats().asked).toBe(0)
})

test('a server that has left has no connections', async () => {
  const { alpha, beta, token, settle } = await twoServers()
  await alpha.topics.close()
  await settle()
  expect(await beta.post(token)).toMatchObject({ status: 404, body: UNKNOWN })
})

test('a request under way is refused when the server that has the connection dies', async () => {
  const { alpha, beta, token, pass } = await twoServers()
  alpha.backplane.cut()
  const post = await beta.post(token)
  expect(post.status).toBeUndefined()
  await pass(20_000)
  expect(post).toMatchObject({ status: 404, body: UNKNOWN })
})

test('a client that is kept waiting for too long is told, and what it sent arrives', async () => {
  const { alpha, beta, token, pass, settle } = await twoServers()
  alpha.opened[0]?.pause()
  const url = `/hub?id=${token}`
  const post = await beta.post(token, 'one')
  for (let minute = 0; minute < 10; minute++) {
    await alpha.ask({ method: 'GET', url })
    await pass(6_000)
  }
  expect(post).toMatchObject({
    status: 504,
    body: 'The server that has the connection has not answered in time.',
  })
  alpha.opened[0]?.resume()
  await settle()
  await beta.post(token, 'two')
  expect(alpha.messages).toEqual(['one', 'two'])
})

test('without its broker a server says that the other one cannot be reached', async () => {
  const { beta, token, broker } = await twoServers()
  broker.kill()
  expect(await beta.post(token)).toMatchObject({
    status: 503,
    body: 'The server that has the connection cannot be reached. Try again later.',
  })
})

test('256 requests are under way to other servers at most', async () => {
  const { alpha, beta, token, settle } = await twoServers()
  const slow = await Promise.all(
    Array.from({ length: 256 }, (_, number) => beta.post(strange(token, number), null)),
  )
  expect(await beta.post(token)).toMatchObject({
    status: 503,
    body: 'This server forwards too many requests. Try again later.',
  })
  slow[0]?.leave()
  await settle()
  expect(await beta.post(token)).toMatchObject({ status: 200 })
  expect(alpha.messages).toEqual(['hello'])
})

test('what a stranger asks on the backplane, or answers, is an error and nothing else', async () => {
  const { alpha, beta, token } = await twoServers()
  const question = (text: string) =>
    beta.topics.ask(alpha.topics.server, 'http-transports', new TextEncoder().encode(text), {
      timeout: 1_000,
    })
  const head = { path: '/hub', token, method: 'POST', isText: true, isTooLarge: false }
  for (const text of [
    '',
    '{}\n',
    'null\n',
    `${JSON.stringify(head)}`,
    `${JSON.stringify({ ...head, method: 'GET' })}\n`,
    `${JSON.stringify({ ...head, isText: 1 })}\n`,
  ]) {
    await expect(question(text)).rejects.toMatchObject({
      reason: 'failed',
      message: 'A request that another server has forwarded cannot be read.',
    })
  }
  expect(alpha.messages).toEqual([])

  const { addServer } = await severalServers()
  const asking = await addServer('gamma', {}, { servers: answers('{"status":99}') })
  expect(await asking.post(`alpha.other.${'A'.repeat(22)}`)).toMatchObject({ status: 500 })
  expect(asking.errors).toEqual([
    new Error('The answer of another server to a forwarded request cannot be read.'),
  ])
})

/** Another server that gives one answer to everything. */
function answers(text: string) {
  return {
    server: 'this',
    servers: ['other'],
    maxQuestion: 1_000,
    ask: async () => new TextEncoder().encode(text),
    answer: () => () => {},
  }
}

test('an endpoint that has shut down answers nothing, and another one can take its place', async () => {
  const { alpha, beta, token, settle, clock } = await twoServers()
  const closed = alpha.endpoint.close({ deadline: 0 })
  await settle()
  clock.advance(1)
  await closed
  expect(await beta.post(token)).toMatchObject({ status: 404, body: UNKNOWN })
  const fresh = alpha.make('/hub')
  const negotiation = send(fresh, {})
  await settle()
  const { connectionToken } = JSON.parse(negotiation.body)
  expect(await beta.post(connectionToken)).toMatchObject({ status: 200 })
})

test.each([
  [{ servers: {} }, 'servers must be what createTopics() returns, got an object.'],
  [{ serverName: 'a', servers: 1 }, 'servers must be what createTopics() returns, got 1.'],
  [
    { servers: answers('') },
    'serverName must be given with servers, because proxies route by it, got undefined.',
  ],
])('the options %j are refused', (options, message) => {
  expect(() => httpTransports(options as never)).toThrow(message)
})
