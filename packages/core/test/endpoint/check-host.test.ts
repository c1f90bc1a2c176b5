import { expect, test } from 'vitest'
import { checkHost } from '../../src/endpoint/check-host.ts'
import { createEndpoint } from '../../src/endpoint/endpoint.ts'

/** Something that can do what is named, as far as anybody can see. */
function having(...methods: readonly string[]): object {
  return Object.fromEntries(methods.map((method) => [method, () => {}]))
}

const express = Object.assign(() => {}, having('handle', 'use', 'listen'))
const nodeServer = having('on', 'emit', 'listenerCount', 'address', 'setTimeout', 'listen')
const uwsApp = having('ws', 'get', 'any', 'publish', 'listen')
const endpoint = createEndpoint({ session: {} })

/** What is given to `attach`, what it is called, and the line that is right. */
const frameworks = [
  ['an Express application', express, 'attach(createServer(app), endpoint)'],
  ['a Fastify instance', having('inject', 'register', 'ready'), 'attach(app.server, endpoint)'],
  [
    'a Koa application',
    having('on', 'emit', 'listenerCount', 'callback', 'use', 'listen'),
    'attach(createServer(app.callback()), endpoint)',
  ],
  [
    'a Hono application',
    having('fetch', 'basePath', 'route'),
    'attach(createServer(getRequestListener(app.fetch)), endpoint)',
  ],
  [
    'a Next.js application',
    having('prepare', 'getRequestHandler'),
    'attach(createServer(app.getRequestHandler()), endpoint)',
  ],
  [
    'a Nest application',
    having('getHttpServer', 'use', 'listen'),
    'attach(app.getHttpServer(), endpoint)',
  ],
  ['a function', () => {}, 'attach(createServer(listener), endpoint)'],
] as const

test.each(frameworks)('%s is no server of Node, and its own line is told', (what, host, line) => {
  expect(() => checkHost('node', host)).toThrow(
    new TypeError(
      `attach must be given a server of node:http, node:https or node:http2, got ${what}. Write ${line}.`,
    ),
  )
})

test.each([
  ...frameworks,
  [
    'a server of node:http, node:https or node:http2',
    nodeServer,
    'attach(server, endpoint)',
  ] as const,
])('%s is no app of uWebSockets.js, and the other adapter is told', (what, host, line) => {
  expect(() => checkHost('uws', host)).toThrow(
    new TypeError(
      `attach must be given an App() or SSLApp() of uWebSockets.js, got ${what}. Import attach from @wirebeat/adapter-ws, and write ${line}.`,
    ),
  )
})

test('an app of uWebSockets.js is no server of Node, and the other adapter is told', () => {
  expect(() => checkHost('node', uwsApp)).toThrow(
    'got an App() or SSLApp() of uWebSockets.js. Import attach from @wirebeat/adapter-uws, and write attach(app, endpoint).',
  )
})

test.each(frameworks)('%s is no options of Bun.serve, and a line for Bun is told', (what, host) => {
  const line = what.includes('Hono') ? 'fetch: app.fetch' : 'port: 3000'
  expect(() => checkHost('bun', host)).toThrow(
    new TypeError(
      `attach must be given options of Bun.serve, got ${what}. Write Bun.serve(attach({ ${line} }, endpoint)).`,
    ),
  )
})

test('a server of Bun comes too late, and belongs to the adapter for Bun', () => {
  const server = having('upgrade', 'publish', 'requestIP', 'stop', 'fetch')
  expect(() => checkHost('bun', server)).toThrow(
    'got a server of Bun. Write Bun.serve(attach(options, endpoint)).',
  )
  expect(() => checkHost('node', server)).toThrow(
    'got a server of Bun. Import attach from @wirebeat/adapter-bun, and write Bun.serve(attach(options, endpoint)).',
  )
})

test.each([
  ['node', undefined, 'got undefined. Write attach(createServer(), endpoint).'],
  ['node', null, 'got null. Write attach(createServer(), endpoint).'],
  ['node', 5000, 'got 5,000. Write attach(createServer(), endpoint).'],
  ['node', {}, 'got an object. Write attach(createServer(), endpoint).'],
  // A server for TCP alone.
  ['node', having('on', 'emit', 'listenerCount', 'address'), 'got an object.'],
  ['uws', undefined, 'got undefined. Write attach(App(), endpoint).'],
  ['uws', { App() {}, SSLApp() {} }, 'got an object. Write attach(App(), endpoint).'],
  ['bun', undefined, 'got undefined. Write Bun.serve(attach({ port: 3000 }, endpoint)).'],
  ['bun', nodeServer, 'got a server of node:http, node:https or node:http2. Write Bun.serve('],
] as const)('a host for %s cannot be %j', (kind, host, message) => {
  expect(() => checkHost(kind, host)).toThrow(message)
})

test.each([
  ['node', 'attach(server, endpoint)'],
  ['uws', 'attach(app, endpoint)'],
  ['bun', 'Bun.serve(attach(options, endpoint))'],
] as const)('on %s, an endpoint in the place of its host is told as that', (kind, line) => {
  expect(() => checkHost(kind, endpoint)).toThrow(
    `The arguments of attach are swapped. Write ${line}.`,
  )
})

test('what an adapter is made for is let through', () => {
  checkHost('node', nodeServer)
  checkHost('uws', uwsApp)
  for (const options of [{}, { port: 3000, fetch() {} }, { routes: {} }]) checkHost('bun', options)
})
