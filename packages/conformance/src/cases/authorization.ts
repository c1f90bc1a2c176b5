import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Allowed, type AuthorizeOptions, allow, refuse } from '@wirebeat/core'
import { type Case, inGroup, type UngroupedCase } from '../case.ts'
import { encodeFrame, Opcode } from '../frame.ts'
import type { Harness, Server } from '../harness.ts'
import { handshakeRequest } from '../http.ts'
import { Inbox } from '../inbox.ts'
import type { RawClient } from '../raw-client.ts'
import { expectRefusal, PLAIN_GET } from './handshake.ts'

const LATE = new Error('the database came back too late')

const answers: readonly UngroupedCase[] = [
  ...[
    ['at once', () => ({ user: 'ada' })] as const,
    ['later', () => Promise.resolve({ user: 'ada' })] as const,
  ].map(
    ([when, authorize]): UngroupedCase => ({
      name: `what authorize returns ${when} is the context of the connection`,
      section: 'Design 2: Fail closed',
      async run(harness) {
        const server = await harness.start({ authorize })
        const client = await server.open()
        assert.deepEqual((await server.told.opened.next()).context, { user: 'ada' })
        await server.expectEcho(client, 'hello')
      },
    }),
  ),
  {
    name: 'authorize sees the request as it came',
    section: 'Design 1: Handshake order',
    needs: ['http-1.1'],
    async run(harness) {
      const seen: unknown[] = []
      const server = await harness.start({
        async authorize(request) {
          // Looked at late, when an engine has let go of it.
          await nextTurn()
          const { headers, method, url, remoteAddress, secure } = request
          seen.push(method, url, remoteAddress, secure, headers.get('Cookie'), headers.get('X-A'))
          return allow()
        },
      })
      await server.open({ path: '/ws?a=b', headers: { Cookie: 'c=1', 'x-a': ['1', '2'] } })
      assert.deepEqual(seen, ['GET', '/ws?a=b', '127.0.0.1', false, 'c=1', '1, 2'])
    },
  },
  ...[
    ['true', true] as const,
    ['false', false] as const,
    ['null', null] as const,
    ['nothing', undefined] as const,
    ['a status', 401] as const,
    ['a Response', new Response('', { status: 401 })] as const,
  ].map(
    ([what, answer]): UngroupedCase => ({
      name: `an authorize that answers ${what} lets nobody in`,
      section: 'Design 2: Fail closed',
      async run(harness) {
        // The types forbid such an answer.
        const server = await harness.start({ authorize: async () => answer as never })
        expectRefusal(await server.request(), 500)
        assert.match(
          String(await server.told.errors.next()),
          /authorize must return allow\(context\)/,
        )
        assert.equal((await server.told.refused.next()).reason, 'error')
        assert.equal(server.told.opened.all.length, 0)
      },
    }),
  ),
  {
    name: 'a refusal that authorize throws is that refusal, and no error',
    section: 'Design 2: Fail closed',
    async run(harness) {
      const server = await harness.start({ authorize: () => Promise.reject(refuse(403)) })
      expectRefusal(await server.request(), 403)
      assert.equal((await server.told.refused.next()).reason, 'unauthorized')
      assert.deepEqual(server.told.errors.all, [])
    },
  },
  {
    name: 'a refusal of authorize reaches the client with status, headers and body',
    section: 'Design 2: Fail closed',
    async run(harness) {
      const headers = { 'WWW-Authenticate': 'Bearer' }
      const server = await harness.start({
        authorize: async () => refuse(401, { headers, body: 'Show a token.' }),
      })
      const response = await server.request()
      expectRefusal(response, 401)
      assert.equal(response.headers.get('www-authenticate'), 'Bearer')
      assert.equal(response.body.trim(), 'Show a token.')
      assert.equal((await server.told.refused.next()).reason, 'unauthorized')
    },
  },
  {
    name: 'a refusal may be a redirect, and send several cookies',
    section: 'RFC 9110, section 15.4',
    async run(harness) {
      const headers = [
        ['Location', 'wss://elsewhere.example/ws?a=b'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ] as const
      const server = await harness.start({ authorize: async () => refuse(307, { headers }) })
      const response = await server.request()
      expectRefusal(response, 307)
      assert.equal(response.headers.get('location'), 'wss://elsewhere.example/ws?a=b')
      // As the client of the battery joins what came in two fields.
      assert.equal(response.headers.get('set-cookie'), 'a=1, b=2')
      assert.equal((await server.told.refused.next()).reason, 'unauthorized')
    },
  },
  {
    name: 'an authorize that throws is answered with 500 and told to onError',
    section: 'Design 2: Fail closed',
    async run(harness) {
      const failure = new Error('the database is away')
      const server = await harness.start({ authorize: () => Promise.reject(failure) })
      const response = await server.request()
      expectRefusal(response, 500)
      assert.doesNotMatch(response.body, /database/)
      assert.equal(await server.told.errors.next(), failure)
      assert.equal((await server.told.refused.next()).reason, 'error')
      assert.deepEqual(server.told.errors.all, [failure])
    },
  },
]

const welcomes: readonly UngroupedCase[] = [
  ...[['at once', false] as const, ['later', true] as const].map(
    ([when, isLate]): UngroupedCase => ({
      name: `header fields that allow is given ${when} are in the response`,
      section: 'RFC 9110, section 15.2.2',
      async run(harness) {
        const headers = { 'Set-Cookie': ['route=a; Path=/', 'b=2'], 'X-Server': 'seven' }
        let isPlain = false
        const server = await harness.start({
          authorize() {
            const answer = isPlain ? allow('plain') : allow('given', { headers })
            return isLate ? Promise.resolve(answer) : answer
          },
        })
        const client = await server.open()
        assert.equal(client.response.headers.get('x-server'), 'seven')
        assert.equal(client.response.headers.get('set-cookie'), 'route=a; Path=/, b=2')
        assert.equal((await server.told.opened.next()).context, 'given')
        await server.expectEcho(client, 'hello')
        // They were for that client alone.
        isPlain = true
        const next = await server.open()
        assert.equal(next.response.headers.get('x-server'), undefined)
        assert.equal(next.response.headers.get('set-cookie'), undefined)
      },
    }),
  ),
  {
    name: 'the fields of a client that is let in later are not sent to another meanwhile',
    section: 'Design 2: Fail closed',
    async run(harness) {
      const gate = new Gate()
      const server = await harness.start({
        async authorize({ url }) {
          if (url === '/ws') return allow('plain')
          await gate.wait()
          return allow('given', { headers: { 'X-Secret': url } })
        },
      })
      const waiting = [server.open({ path: '/ws?a' }), server.open({ path: '/ws?b' })]
      await gate.asked.next()
      await gate.asked.next()
      const plain = await server.open()
      assert.equal(plain.response.headers.get('x-secret'), undefined)
      gate.open()
      const secrets = await Promise.all(waiting)
      assert.deepEqual(
        secrets.map(({ response }) => response.headers.get('x-secret')),
        ['/ws?a', '/ws?b'],
      )
    },
  },
  ...[
    'Connection',
    'content-length',
    'Keep-Alive',
    'Sec-WebSocket-Accept',
    'sec-websocket-extensions',
    'SEC-WEBSOCKET-PROTOCOL',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'X: a\r\nY',
  ].map(
    (name): UngroupedCase => ({
      name: `a response with the header ${JSON.stringify(name)} of allow lets nobody in`,
      section: 'Design 2: Fail closed',
      async run(harness) {
        const server = await harness.start({
          authorize: () => allow('somebody', { headers: [[name, '1']] }),
        })
        expectRefusal(await server.request(), 500)
        assert.match(String(await server.told.errors.next()), /header name must be a token/)
        assert.equal((await server.told.refused.next()).reason, 'error')
        assert.equal(server.told.opened.all.length, 0)
      },
    }),
  ),
  {
    name: 'a header of allow with a line break in its value lets nobody in',
    section: 'Design 2: Fail closed',
    async run(harness) {
      const headers = { 'X-Name': 'a\r\nSet-Cookie: b=c' }
      const server = await harness.start({ authorize: async () => allow('somebody', { headers }) })
      const response = await server.request()
      expectRefusal(response, 500)
      assert.equal(response.headers.get('set-cookie'), undefined)
      assert.match(String(await server.told.errors.next()), /header X-Name must be a string/)
      assert.equal(server.told.opened.all.length, 0)
    },
  },
  ...(
    [
      ['one that the endpoint does not list', 'token.42', 'token.42'],
      ['another than the endpoint prefers', 'b', 'b'],
      ['none', '', undefined],
      ['nothing', undefined, 'a'],
    ] as const
  ).map(
    ([what, protocol, chosen]): UngroupedCase => ({
      name: `authorize sees the subprotocols that are offered, and chooses ${what}`,
      section: 'RFC 6455, section 4.2.2',
      async run(harness) {
        const seen: (readonly string[])[] = []
        const server = await harness.start({
          protocols: ['a', 'b'],
          async authorize(_request, { protocols }) {
            seen.push(protocols)
            return allow('somebody', protocol === undefined ? {} : { protocol })
          },
        })
        const client = await server.open({ protocols: 'token.42, b, a' })
        assert.deepEqual(seen, [['token.42', 'b', 'a']])
        assert.equal(client.protocol, chosen)
        assert.equal((await server.told.opened.next()).protocol, chosen ?? '')
        await server.expectEcho(client, 'hello')
      },
    }),
  ),
  ...[['others are offered', 'a, B'] as const, ['none is offered', undefined] as const].map(
    ([when, offered]): UngroupedCase => ({
      name: `an authorize that chooses a subprotocol where ${when} lets nobody in`,
      section: 'RFC 6455, section 4.1',
      async run(harness) {
        const server = await harness.start({
          protocols: ['a', 'b'],
          authorize: async () => allow('somebody', { protocol: 'b' }),
        })
        expectRefusal(
          await server.request(offered === undefined ? {} : { protocols: offered }),
          500,
        )
        assert.match(String(await server.told.errors.next()), /that the client offers/)
        assert.equal((await server.told.refused.next()).reason, 'error')
        assert.equal(server.told.opened.all.length, 0)
      },
    }),
  ),
]

const limits: readonly UngroupedCase[] = [
  {
    name: 'requests that wait for authorize take no more places than there are',
    section: 'Design 7: Fairness and bounds',
    async run(harness) {
      const gate = new Gate()
      const server = await harness.start({ maxConnections: 1, authorize: gate.wait })
      const both = [server.request(), server.request()]
      await server.told.refused.next()
      gate.open()
      const responses = await Promise.all(both)
      assert.deepEqual(responses.map(({ status }) => status).sort(), [101, 503])
    },
  },
  {
    name: 'over maxPendingHandshakes a handshake gets 503, until one is decided about',
    section: 'Design 7: Fairness and bounds',
    async run(harness) {
      const gate = new Gate()
      const server = await harness.start({ maxPendingHandshakes: 1, authorize: gate.wait })
      const first = server.request()
      await gate.asked.next()
      expectRefusal(await server.request(), 503)
      assert.equal((await server.told.refused.next()).reason, 'handshake-limit')
      gate.open()
      assert.equal((await first).status, 101)
      await server.expectEcho(await server.open(), 'room again')
    },
  },
  {
    name: 'an authorize that takes longer than handshakeTimeout is told to stop, and answered with 503',
    section: 'Design 2: Fail closed',
    async run(harness) {
      const gate = new Gate()
      const server = await harness.start({ handshakeTimeout: 100, authorize: gate.wait })
      const response = server.request()
      await aborted(await gate.asked.next())
      expectRefusal(await response, 503)
      assert.equal((await server.told.refused.next()).reason, 'timeout')
    },
  },
  ...[
    ['lets nobody in', (gate: Gate) => gate.open(), []] as const,
    ['that fails is told to onError', (gate: Gate) => gate.fail(LATE), [LATE]] as const,
  ].map(
    ([what, decide, errors]): UngroupedCase => ({
      name: `an answer of authorize after handshakeTimeout ${what}`,
      section: 'Design 2: Fail closed',
      async run(harness) {
        const gate = new Gate()
        // Without the signal: whoever takes it is told to stop, and may reject for that.
        const authorize = () => gate.wait()
        const server = await harness.start({ handshakeTimeout: 100, authorize })
        expectRefusal(await server.request(), 503)
        decide(gate)
        for (const error of errors) assert.equal(await server.told.errors.next(), error)
        // A second client shows that the server has gone on meanwhile.
        await server.request({ ...PLAIN_GET, path: '/other' })
        assert.deepEqual(server.told.opened.all, [])
        assert.deepEqual(server.refusals, { timeout: 1 })
      },
    }),
  ),
  {
    name: 'closing the endpoint refuses a handshake that waits for authorize, and tells it to stop',
    section: 'Design 9: Shutdown',
    async run(harness) {
      const gate = new Gate()
      const server = await harness.start({ authorize: gate.wait })
      const response = server.request()
      const signal = await gate.asked.next()
      await server.endpoint.close()
      assert.equal(signal?.aborted, true)
      expectRefusal(await response, 503)
      assert.equal((await server.told.refused.next()).reason, 'shutting-down')
    },
  },
]

type Leave = (client: RawClient) => void

/** The ways in which a client can go away. */
const departures: readonly (readonly [how: string, leave: Leave])[] = [
  ['resets', (client) => client.reset()],
  ['closes its side', (client) => client.finish()],
]

/** A server with room for one, whose client has gone away while authorize takes its time. */
async function leftAlone(harness: Harness, leave: Leave): Promise<{ server: Server; gate: Gate }> {
  const gate = new Gate()
  const server = await harness.start({ maxConnections: 1, authorize: gate.wait })
  const client = await ask(server)
  const signal = await gate.asked.next()
  leave(client)
  await aborted(signal)
  return { server, gate }
}

const leaving = departures.flatMap(([how, leave]): readonly UngroupedCase[] => [
  {
    name: `authorize is told to stop when its client ${how}, and the place is free at once`,
    section: 'Design 7: Fairness and bounds',
    needs: ['wire'],
    async run(harness) {
      const { server, gate } = await leftAlone(harness, leave)
      const response = server.request()
      await gate.asked.next()
      gate.open()
      assert.equal((await response).status, 101)
    },
  },
  {
    name: `a client that ${how} while authorize takes its time opens no connection`,
    section: 'Design 2: Fail closed',
    needs: ['wire'],
    async run(harness) {
      const { server, gate } = await leftAlone(harness, leave)
      gate.open()
      await server.expectEcho(await server.open(), 'room')
      assert.equal(server.told.opened.all.length, 1)
      assert.deepEqual(server.refusals, {})
    },
  },
])

const waiting: readonly UngroupedCase[] = [
  {
    name: 'the handshake of one client may bring the answer of authorize for another',
    section: 'Design 2: Fail closed',
    async run(harness) {
      const gate = new Gate()
      const server = await harness.start({
        authorize: ({ url }) => (url === '/ws?opens' ? gate.open() : gate.wait()),
      })
      const waiting = [server.open(), server.open()]
      await gate.asked.next()
      await gate.asked.next()
      await server.expectEcho(await server.open({ path: '/ws?opens' }), 'third')
      for (const client of waiting) await server.expectEcho(await client, 'first or second')
    },
  },
  {
    name: 'bytes that come while authorize takes its time are not lost',
    section: 'RFC 6455, section 4.1',
    needs: ['wire', 'data-before-answer'],
    async run(harness) {
      const gate = new Gate()
      const server = await harness.start({ authorize: gate.wait })
      const client = await ask(server)
      await gate.asked.next()
      for (const payload of ['early', 'bird']) {
        client.write(encodeFrame({ opcode: Opcode.Text, payload }))
        // The response comes after the server has seen what came before.
        await server.request(PLAIN_GET)
      }
      gate.open()
      assert.equal((await client.response()).status, 101)
      assert.equal(await server.told.messages.next(), 'early')
      assert.equal(await server.told.messages.next(), 'bird')
    },
  },
]

/** Sends a handshake without waiting for the response. */
async function ask(server: Server): Promise<RawClient> {
  const client = await server.connect()
  client.write(handshakeRequest().text)
  return client
}

async function aborted(signal: AuthorizeOptions['signal'] | undefined): Promise<void> {
  if (signal === undefined) throw new Error('authorize was handed no signal')
  const told = new Inbox<true>('the signal of authorize to be aborted')
  signal.addEventListener('abort', () => told.push(true))
  if (!signal.aborted) await told.next()
}

/** An authorize function that waits at a gate, which once opened stays open. */
class Gate {
  /** The signal of each call that takes one. */
  readonly asked = new Inbox<AuthorizeOptions['signal'] | undefined>('authorize to be asked')
  #open = (): void => {}
  #fail = (_error: unknown): void => {}
  readonly #opened = new Promise<Allowed<undefined>>((resolve, reject) => {
    this.#open = () => resolve(allow())
    this.#fail = reject
  })

  readonly wait = (_request?: unknown, options?: AuthorizeOptions): Promise<Allowed<undefined>> => {
    this.asked.push(options?.signal)
    return this.#opened
  }

  open(): Allowed<undefined> {
    this.#open()
    return allow()
  }

  fail(error: unknown): void {
    this.#fail(error)
  }
}

/** What `authorize` sees and answers, how long it may take, and what happens meanwhile. */
export const authorizationCases: readonly Case[] = inGroup('handshake', [
  ...answers,
  ...welcomes,
  ...limits,
  ...leaving,
  ...waiting,
])
