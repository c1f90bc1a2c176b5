import * as engine from 'uWebSockets.js'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { createEndpoint, echo, type HandlerSession } from '@wirebeat/core'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { attach } from '../src/attach.ts'
import { listen } from '../src/listen.ts'

const apps: engine.TemplatedApp[] = []

afterEach(() => {
  for (const app of apps.splice(0)) app.close()
})

function makeApp(): engine.TemplatedApp {
  const app = engine.App()
  apps.push(app)
  return app
}

function portOf(app: engine.TemplatedApp): Promise<number> {
  return new Promise((resolve, reject) => {
    app.listen('127.0.0.1', 0, (socket) => {
      if (socket) resolve(engine.us_socket_local_port(socket))
      else reject(new Error('the app cannot listen'))
    })
  })
}

/** A session that says its name and closes. */
function named(name: string): HandlerSession {
  return {
    open(connection) {
      connection.send(name)
      connection.close()
    },
  }
}

async function firstMessage(port: number, path: string): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
  const [message] = await once(socket, 'message')
  await once(socket, 'close')
  return String(message)
}

async function ask(port: number, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  return { status: response.status, body: await response.text() }
}

test('several endpoints share one app by their paths', async () => {
  const app = makeApp()
  attach(app, createEndpoint({ path: '/a', session: named('a') }))
  attach(app, createEndpoint({ path: '/b', session: named('b') }))
  const port = await portOf(app)
  expect(await firstMessage(port, '/a')).toBe('a')
  expect(await firstMessage(port, '/b?query')).toBe('b')
})

test('an endpoint without a path takes what no other endpoint takes, even when it came first', async () => {
  const app = makeApp()
  attach(app, createEndpoint({ session: named('any') }))
  attach(app, createEndpoint({ path: '/a', session: named('a') }))
  const port = await portOf(app)
  expect(await firstMessage(port, '/a')).toBe('a')
  expect(await firstMessage(port, '/else')).toBe('any')
})

test('of several endpoints that take a path the most exact one gets it, whichever came first', async () => {
  const paths = ['/:site/:room', '/a/:room', '/:site/b', '/a/b']
  for (const order of [paths, [...paths].reverse()]) {
    const app = makeApp()
    attach(app, createEndpoint({ session: named('any') }))
    for (const path of order) attach(app, createEndpoint({ path, session: named(path) }))
    const port = await portOf(app)
    expect(await firstMessage(port, '/a/b')).toBe('/a/b')
    expect(await firstMessage(port, '/a/x')).toBe('/a/:room')
    expect(await firstMessage(port, '/x/b')).toBe('/:site/b')
    expect(await firstMessage(port, '/x/x')).toBe('/:site/:room')
    expect(await firstMessage(port, '/x')).toBe('any')
  }
})

test('a second endpoint whose parameters only have other names is refused', () => {
  const app = attach(makeApp(), createEndpoint({ path: '/rooms/:id', session: echo() }))
  expect(() => attach(app, createEndpoint({ path: '/rooms/:name', session: echo() }))).toThrow(
    'This app already has an endpoint for the path "/rooms/:name".',
  )
  attach(app, createEndpoint({ path: '/rooms/id', session: echo() }))
})

test('an endpoint takes the place of a closed one, whose connections go on', async () => {
  const former = createEndpoint({ path: '/ws', session: echo() })
  const app = attach(makeApp(), former)
  const port = await portOf(app)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`)
  await once(socket, 'open')
  const closing = former.close({ mode: 'wait', deadline: 60_000 })
  attach(app, createEndpoint({ path: '/ws', session: named('new'), allowedHosts: ['127.0.0.1'] }))
  expect(await firstMessage(port, '/ws')).toBe('new')
  // The plain requests are those of the new one, too.
  const plain = await fetch(`http://127.0.0.1:${port}/ws`)
  expect(plain.status).toBe(426)
  socket.send('still here')
  const [message] = await once(socket, 'message')
  expect(String(message)).toBe('still here')
  socket.close()
  expect(await closing).toMatchObject({ total: 1, clean: 1 })
})

test('a second endpoint for the same path is refused when it is attached', () => {
  const app = attach(makeApp(), createEndpoint({ path: '/ws', session: echo() }))
  expect(() => attach(app, createEndpoint({ path: '/ws', session: echo() }))).toThrow(
    'This app already has an endpoint for the path "/ws".',
  )
})

test.each(['before', 'after'])(
  'routes of the app that were added %s keep the other paths',
  async (when) => {
    const app = makeApp()
    const addPage = () =>
      app.get('/*', (response) => {
        response.end('a page')
      })
    if (when === 'before') addPage()
    attach(app, createEndpoint({ path: '/ws', session: echo() }))
    if (when === 'after') addPage()
    const port = await portOf(app)
    expect(await ask(port, '/')).toEqual({ status: 200, body: 'a page' })
    expect((await ask(port, '/ws')).status).toBe(426)
  },
)

test('an endpoint without a path leaves the app its pages', async () => {
  const app = makeApp()
  attach(app, createEndpoint({ session: named('any') }))
  app.get('/*', (response) => {
    response.end('a page')
  })
  const port = await portOf(app)
  expect(await ask(port, '/')).toEqual({ status: 200, body: 'a page' })
  expect(await firstMessage(port, '/')).toBe('any')
})

test.each([
  ['App', () => engine.App()],
  ['SSLApp', () => engine.SSLApp({})],
])('an %s can carry an endpoint', (_, make) => {
  const app = make()
  apps.push(app)
  expect(attach(app, createEndpoint({ session: echo() }))).toBe(app)
})

test('what is no app is refused, and so is an endpoint in its place', () => {
  const endpoint = createEndpoint({ session: echo() })
  // As plain JavaScript can call it.
  const attachAnything = attach as (...args: unknown[]) => unknown
  for (const host of [undefined, {}, engine, createServer()]) {
    expect(() => attachAnything(host, endpoint)).toThrow(
      'attach must be given an App() or SSLApp() of uWebSockets.js, got ',
    )
  }
  expect(() => attachAnything(endpoint, makeApp())).toThrow(
    'The arguments of attach are swapped. Write attach(app, endpoint).',
  )
})

test('an endpoint that reads the PROXY protocol is refused beside other routes, and over TLS', async () => {
  const trustedProxies = { addresses: ['10.0.0.0/8'], headers: ['proxy-protocol'] } as const
  const endpoint = createEndpoint({ trustedProxies, session: echo() })
  const words = /^trustedProxies\.headers must be without proxy-protocol .* a client could name any/
  expect(() => attach(makeApp(), endpoint)).toThrow(words)
  await expect(listen(endpoint, { configure() {} })).rejects.toThrow(words)
  await expect(listen(endpoint, { tls: await makeCertificate() })).rejects.toThrow(words)
  const server = await listen(endpoint)
  await server.close()
})
