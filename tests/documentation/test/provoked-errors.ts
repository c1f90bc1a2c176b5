import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import * as bun from '@wirebeat/adapter-bun'
import * as uws from '@wirebeat/adapter-uws'
import * as ws from '@wirebeat/adapter-ws'
import { ReconnectingWebSocket } from '@wirebeat/client'
import {
  allow,
  type CloseEvent,
  type Connection,
  createEndpoint,
  type EndpointOptions,
  echo,
  type LoopConnection,
  loop,
  prepare,
  refuse,
} from '@wirebeat/core'
import {
  AttachedEndpoints,
  checkHost,
  checkListenOptions,
  HeaderFields,
  serve,
  type Transport,
} from '@wirebeat/core/adapter'
import { observe } from '@wirebeat/core/extension'
import { MemoryClient } from '@wirebeat/core/testing'
import { httpTransports } from '@wirebeat/http-transports'
// biome-ignore lint/style/noRestrictedImports: a program has no exports, and its messages are on the page
import { parseCommandLine } from '../../../apps/demo/src/command-line.ts'
// biome-ignore lint/style/noRestrictedImports: the same program
import { runOnBun } from '../../../apps/demo/src/on-bun.ts'
// biome-ignore lint/style/noRestrictedImports: no test can have every engine missing
import { copiedEnvironment, explain } from '../../../packages/adapter-uws/src/load-engine.ts'
// biome-ignore lint/style/noRestrictedImports: no test here runs on Bun
import { checkEngine } from '../../../packages/adapter-ws/src/check-engine.ts'
import { hubCalls, ofHub } from './provoked-hub-errors.ts'
import { prometheusCalls } from './provoked-prometheus-errors.ts'
import { severalServersCalls, topicsCalls } from './provoked-topics-errors.ts'
import { type Anything, connection, failure } from './provoking.ts'

const session = echo()
const endpoint = createEndpoint({ session, path: '/ws' })
const withoutPath = createEndpoint({ session })
const unable = { reason: 'It cannot.', upstream: 'nowhere' }

const wrongOptions: readonly object[] = [
  { allowedOrigin: '*' },
  { nonsense: 1 },
  { session: undefined },
  { session: { open() {}, run() {} } },
  { session: { memory: 'stolen' } },
  { session: { message: 5 } },
  { session: { ping() {} }, keepAliveInterval: 0 },
  { path: 'ws' },
  { keepAliveInterval: -1 },
  { clientTimeout: 0 },
  { clientTimeout: 5_000, keepAliveInterval: 0 },
  { aliveOn: 'pong' },
  { heartbeatMessage: '' },
  { allowedHosts: 'localhost' },
  { allowedHosts: ['http://localhost'] },
  { allowedOrigins: 'https://a.example' },
  { allowedOrigins: [5] },
  { allowedOrigins: ['*'] },
  { allowedOrigins: ['a.example'] },
  { allowedOrigins: ['wss://a.example'] },
  { requireOrigin: 'yes' },
  { trustedProxies: [] },
  { trustedProxies: { headers: ['forwarded'] } },
  { trustedProxies: { addresses: ['me'], headers: ['forwarded'] } },
  { trustedProxies: { addresses: ['::1'] } },
  { trustedProxies: { addresses: ['::1'], headers: ['via'] } },
  { trustedProxies: { addresses: ['::1'], headers: ['forwarded', 'x-forwarded-for'] } },
  { trustedProxies: { addresses: ['::1'], headers: ['x-real-ip', 'x-forwarded-for'] } },
  { authorize: 5 },
  { protocols: 'chat' },
  { protocols: ['a b'] },
  { maxMessageSize: 0 },
  { receiveBufferSize: 0 },
  { maxBufferedAmount: 0 },
  { maxConnections: 0 },
  { maxConnectionsPerAddress: 0 },
  { maxPendingHandshakes: 0 },
  { messageRate: 0 },
  { messageRate: {} },
  { messageRate: { messages: 0 } },
  { messageRate: { bytes: 0 } },
  { messageRate: { messages: 1, burst: 0 } },
  { handshakeTimeout: 0 },
  { closeTimeout: 0 },
  { compression: 1 },
  { httpTransports: 1 },
  { httpTransports: { serve() {} } },
  { onError: 5 },
  { clock: 5 },
]

const make = (options: object) => () => createEndpoint({ session, ...options })

/** The names of all options, as the message about an unknown one lists them. */
export const knownOptions: readonly string[] = /options are (.*)\.$/
  .exec(await failure(make({ nonsense: 1 })))?.[1]
  ?.split(', ') as string[]

async function inLoop(
  use: (connection: LoopConnection) => Promise<unknown>,
  then: (client: MemoryClient) => void = () => {},
): Promise<void> {
  let done: Promise<unknown> = Promise.resolve()
  const client = await MemoryClient.connect(
    createEndpoint({
      session: loop(async (connection) => {
        done = use(connection)
        await done.catch(() => {})
      }),
    }),
  )
  then(client)
  await done
}

const next = (iterable: unknown) =>
  (iterable as AsyncIterable<unknown>)[Symbol.asyncIterator]().next()

async function asyncOrigin(): Promise<never> {
  let error: unknown
  const asking = createEndpoint({
    session,
    allowedOrigins: [(async () => true) as Anything],
    onError(thrown) {
      error = thrown
    },
  })
  await MemoryClient.connect(asking, { origin: 'https://a.example' }).catch(() => {})
  throw error
}

async function asyncCompression(): Promise<void> {
  let error: unknown
  const asking = createEndpoint({
    session,
    compression: (async () => true) as Anything,
    onError(thrown) {
      error = thrown
    },
  })
  const headers = { 'Sec-WebSocket-Extensions': 'permessage-deflate' }
  await MemoryClient.connect(asking, { headers }).catch(() => {})
  throw error
}

/** What `authorize` is told that has let in a client with a subprotocol of its own. */
async function subprotocol(): Promise<void> {
  let error: unknown
  const choosing = createEndpoint({
    session,
    authorize: () => allow('somebody', { protocol: 'a' }),
    onError(thrown) {
      error = thrown
    },
  })
  await MemoryClient.connect(choosing).catch(() => {})
  throw error
}

/** The reason with which a connection ends. */
async function closeReason(
  options: Partial<EndpointOptions>,
  use: (client: MemoryClient, connection: Connection) => void,
  network?: number,
): Promise<string> {
  const ending = createEndpoint({ session, ...options })
  const closed = new Promise<CloseEvent>((resolve) => {
    ending.on('close', (_, event) => resolve(event))
  })
  const client = await MemoryClient.connect(ending, { networkBuffer: network ?? 2 ** 20 })
  for (const open of ending.connections) use(client, open)
  return (await closed).reason
}

/** A transport that cannot pause, as that of uWebSockets.js, under a session that reads nothing. */
async function unreadMessages(): Promise<string> {
  let reason = ''
  const slow = createEndpoint({ receiveBufferSize: 1, session: loop(() => new Promise(() => {})) })
  const nothing = (): void => {}
  const transport: Transport = {
    bufferedAmount: 0,
    backlog: 0,
    send: () => 'sent',
    byteLength: (text) => text.length,
    ping: nothing,
    close(_code, given) {
      reason = given
    },
    terminate: nothing,
  }
  const headers = new HeaderFields()
  for (const [name, value] of HANDSHAKE) headers.add(name, value)
  const request = { method: 'GET', url: '/', headers, remoteAddress: '', secure: false }
  serve(slow).upgrade(request, {
    refuse: ({ body }) => {
      throw new Error(body)
    },
    accept(admission) {
      const listener = admission.accept(transport)
      listener.opened()
      for (let i = 0; i < 2; i++) listener.message(new Uint8Array(1), 'binary')
      listener.closed('lost')
    },
    wait: nothing,
  })
  return reason
}

const HANDSHAKE = [
  ['Host', 'localhost'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
] as const

/** What can do what is named, as far as anybody can see. */
function having(...methods: readonly string[]): object {
  return Object.fromEntries(methods.map((method) => [method, () => {}]))
}

/** What may be given to `attach` by mistake, none of it right for either adapter. */
const hosts: readonly unknown[] = [
  undefined,
  Object.assign(() => {}, having('handle', 'use', 'listen')),
  having('inject', 'register', 'ready'),
  having('callback', 'use', 'listen'),
  having('fetch', 'basePath', 'route'),
  having('prepare', 'getRequestHandler'),
  having('getHttpServer'),
  () => {},
]

/** Calls something as if this were Bun. */
function onBun(version: string, call: () => unknown): void {
  Object.assign(globalThis, { Bun: { version } })
  try {
    call()
  } finally {
    Reflect.deleteProperty(globalThis, 'Bun')
  }
}

const calls: readonly (() => unknown)[] = [
  () => createEndpoint(undefined as Anything),
  ...wrongOptions.map(make),
  () => loop(5 as Anything),
  asyncOrigin,
  () => connection((open) => open.send({} as Anything)),
  () => prepare({} as Anything),
  () => observe({} as Anything, { drained() {}, ended() {} }),
  () => connection((open) => open.close('1000' as Anything)),
  () => connection((open) => open.close(999)),
  () => connection((open) => open.close(1000, 5 as Anything)),
  () => connection((open) => open.close(1000, 'a'.repeat(124))),
  () => connection((open) => next(open)),
  () =>
    inLoop(
      (open) => next(open),
      (client) => client.vanish(),
    ),
  () =>
    inLoop(
      (open) => Promise.all([next(open), next(open)]),
      (client) => client.send(''),
    ),
  () => endpoint.on('open', 5 as Anything),
  () => endpoint.on('opne' as Anything, () => {}),
  () => endpoint.on('nonsense' as Anything, () => {}),
  () => refuse(200),
  subprotocol,
  asyncCompression,
  () =>
    ws.attach(
      createServer(),
      createEndpoint({
        session,
        trustedProxies: { addresses: ['::1'], headers: ['proxy-protocol'] },
      }),
    ),
  () => allow(1, 5 as Anything),
  () => allow(1, { protocol: 5 as Anything }),
  () => allow(1, { headers: { Upgrade: 'h2c' } }),
  () => refuse(307),
  () => refuse(401, 'Log in first.' as Anything),
  () => refuse(401, { headers: 'Server: a' as Anything }),
  () => MemoryClient.connect(endpoint, 5 as Anything),
  () => refuse(401, { body: 5 as Anything }),
  () => refuse(401, { headers: { Connection: 'close' } }),
  () => refuse(401, { headers: { 'X-Name': '€' } }),
  () => endpoint.close(5 as Anything),
  () => endpoint.close({ mode: 'drain' as Anything }),
  () => endpoint.close({ deadline: -1 }),
  () => endpoint.close({ spread: -1 }),
  () => MemoryClient.connect(createEndpoint({ session, allowedOrigins: [] }), { origin: 'null' }),
  () => MemoryClient.connect(endpoint),
  async () => (await MemoryClient.connect(withoutPath)).message(),
  () => ws.attach(createServer(), {} as Anything),
  () => serve(createEndpoint({ session, compression: true }), { compression: unable }),
  () =>
    serve(
      createEndpoint({
        session,
        path: '/ws',
        httpTransports: {
          serve: () => ({ subpaths: [], handle() {}, claim: () => undefined, close() {} }),
        },
      }),
      { 'plain-requests': unable },
    ),
  () => serve(endpoint, { ping: unable }),
  () => checkListenOptions({ tls: { cert: THIS_FILE, key: THIS_FILE } }, { tls: unable }),
  () => ws.attach(endpoint as Anything, createServer() as Anything),
  ...hosts.flatMap((host) => [
    () => ws.attach(host as Anything, endpoint),
    () => uws.attach(host as Anything, endpoint),
    () => checkHost('bun', host),
  ]),
  () => checkHost('bun', endpoint),
  () => checkHost('bun', having('upgrade', 'publish', 'requestIP')),
  () => checkHost('node', having('upgrade', 'publish', 'requestIP')),
  () => checkEngine({}),
  () => runOnBun([], '/nowhere/bun'),
  () => bun.attach({}, endpoint),
  () => onBun('1.4.5', () => bun.attach({ websocket: {} as Anything }, endpoint)),
  () => onBun('1.3.0', () => bun.attach({}, endpoint)),
  () => ws.attach(ws.attach(createServer(), endpoint), endpoint),
  () => ws.attach(having('ws', 'any', 'publish') as Anything, endpoint),
  () => uws.attach(createServer() as Anything, endpoint),
  () => {
    const attached = new AttachedEndpoints('app')
    for (let count = 0; count < 2; count++) attached.add(serve(endpoint))
  },
  () => ws.attach(ws.attach(createServer(), withoutPath), withoutPath),
  () => onTakenPort((port) => ws.listen(endpoint, { host: '127.0.0.1', port })),
  () => ws.listen(endpoint, { host: '192.0.2.1' }),
  () => ws.listen(endpoint, { tls: { cert: THIS_FILE, key: THIS_FILE } }),
  () => ws.listen(endpoint, { http2: 5 } as Anything),
  () => ws.listen(endpoint, { http2: true } as Anything),
  ...[5, { host: 5 }, { port: 65_536 }, { tls: 5 }, { tls: {} }, { configure: 5 }].map(
    (options) => () => uws.listen(endpoint, options as Anything),
  ),
]

const THIS_FILE = fileURLToPath(import.meta.url)

async function onTakenPort(listen: (port: number) => Promise<{ close(): unknown }>): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  try {
    await listen(typeof address === 'object' ? (address?.port ?? 0) : 0)
  } finally {
    server.close()
  }
}

const here = { platform: 'linux', arch: 'x64', versions: process.versions } as const
const binary = `uws_linux_x64_${process.versions.modules}.node`

class FakeWebSocket {
  readonly url = ''
  readonly readyState = 0
  readonly protocol = ''
  readonly extensions = ''
  readonly bufferedAmount = 0
  binaryType = ''
  addEventListener(): void {}
  send(): void {}
  close(): void {}
}

function client(options: object): ReconnectingWebSocket {
  return new ReconnectingWebSocket('ws://localhost', [], { WebSocket: FakeWebSocket, ...options })
}

const clientCalls: readonly (() => unknown)[] = [
  ...[
    { nonsense: 1 },
    { WebSocket: 5 },
    { shouldReconnect: 5 },
    { heartbeatMessage: '' },
    { maxUnconfirmedSize: 5 },
    { baseDelay: 0 },
    { maxDelay: 0 },
    { connectTimeout: 0 },
    { minUptime: -1 },
    { closeTimeout: 0 },
    { keepAliveInterval: 0 },
    { serverTimeout: -1 },
    { maxQueueSize: -1 },
    { maxUnconfirmedSize: -1 },
  ].map((options) => () => client(options)),
  () => client({ heartbeatMessage: 'a' }).send('a'),
  () => client({}).send(5 as Anything),
  () => client({}).send('a', { expiresAfter: 0 }),
  () => client({ maxQueueSize: 0 }).send('a'),
  () => client({}).close(999),
  () => client({}).close(1000, 'a'.repeat(124)),
]

const transportsCalls = [
  5,
  { nonsense: 1 },
  { serverName: 'a b' },
  { servers: 5 },
  { servers: { server: '', ask() {}, answer() {} } },
  { transports: [] },
  { minNegotiateVersion: 2 },
  { openTimeout: 0 },
  { streamPadding: -1 },
  { pollTimeout: 0 },
  { nextPollTimeout: 0 },
  { statefulReconnect: 1 },
  { reconnectTimeout: 0 },
  { maxNegotiatedPerAddress: 0 },
  { redirect: 5 },
].map((options) => () => httpTransports(options as Anything))

/** What the command of the demo writes behind `error: `. */
function demo(...args: readonly string[]): string {
  const write = process.stderr.write
  process.stderr.write = () => true
  try {
    parseCommandLine(args)
  } catch (error) {
    return (error as Error).message.replace(/^error: /, '')
  } finally {
    process.stderr.write = write
  }
  throw new Error(`Nothing was wrong with ${args.join(' ')}`)
}

/** A message for each row of the page that is no refusal, from those who write them. */
export const messages: readonly string[] = await Promise.all([
  ...[
    ...calls,
    ...clientCalls,
    ...topicsCalls,
    ...severalServersCalls,
    ...prometheusCalls,
    ...transportsCalls,
    ...hubCalls,
  ].map(failure),
  ofHub('ask', {}),
  ofHub('join', { maxGroups: 1 }),
  ofHub('written', {}),
  ofHub('leave', {}),
  ofHub('streams', { userId: () => '' }),
  ofHub('streams', { expiresAt: () => Number.NaN }),
  closeReason(
    { maxBufferedAmount: 1 },
    (slow, open) => {
      slow.pause()
      for (let i = 0; i < 3; i++) open.send('more than it takes')
    },
    0,
  ),
  closeReason({ messageRate: 1 }, (fast) => {
    for (let i = 0; i < 2; i++) fast.send('')
  }),
  unreadMessages(),
  copiedEnvironment(),
  explain(new Error('why'), undefined, here),
  explain(new Error('The system does not say why'), [binary], here),
  explain(new Error('why'), ['uws_linux_x64_1.node'], here),
  explain(new Error('why'), [], here),
  demo('--client-timeout', '30'),
  demo('--max-connections', 'many'),
  demo('--port', '70000'),
  demo('--adapter', 'deno'),
  demo('--nope'),
  demo('extra'),
  demo('--tls-cert', 'cert.pem'),
  demo('--transports', 'long-polling'),
  demo('--session', 'chat', '--keep-alive-interval', '0'),
  demo('--transports', 'carrier-pigeon'),
])
