import * as engine from 'uWebSockets.js'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { createEndpoint, echo } from '@wirebeat/core'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { attach } from '../src/attach.ts'
import { listen } from '../src/listen.ts'

const endpoint = createEndpoint({ path: '/ws', allowedOrigins: 'same-origin', session: echo() })

const IN_USE =
  'the port is in use (EADDRINUSE). End the program that listens on it, or choose another port.'

interface TakenPort {
  readonly port: number
  readonly close: () => unknown
}

/** Listens with a server of Node's own, on a port that the system picks. */
async function takePort(): Promise<TakenPort> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return { port: address.port, close: () => once(server.close(), 'close') }
}

test.each<[string, () => Promise<TakenPort>]>([
  ['the same adapter', () => listen(endpoint, { host: '127.0.0.1' })],
  [
    'an app that shares its port',
    async () => {
      const app = engine.App()
      const socket = await new Promise<engine.us_listen_socket>((resolve, reject) => {
        app.listen('127.0.0.1', 0, (one) => (one ? resolve(one) : reject(new Error('no port'))))
      })
      return { port: engine.us_socket_local_port(socket), close: () => app.close() }
    },
  ],
  ["a server of Node's own", takePort],
])('a port in use by %s is an error that says so', async (_, start) => {
  const { port, close } = await start()
  await expect(listen(endpoint, { host: '127.0.0.1', port })).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${port}: ${IN_USE}`,
  )
  await close()
})

test('an address of another machine is an error that says so', async () => {
  await expect(listen(endpoint, { host: '192.0.2.1' })).rejects.toThrow(
    'Cannot listen on 192.0.2.1:0: this machine does not have the address (EADDRNOTAVAIL).',
  )
})

test('a server listens at once after one that has ended connections on the same port', async () => {
  const leaving = createEndpoint({ session: { open: (connection) => connection.close() } })
  const first = await listen(leaving, { host: '127.0.0.1' })
  const { port } = first
  const client = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(client, 'close')
  await first.close()
  // Now the system keeps the port for the old connection, since the server was the first to end it.
  const second = await listen(endpoint, { host: '127.0.0.1', port })
  await expect(listen(endpoint, { host: '127.0.0.1', port })).rejects.toThrow(IN_USE)
  await second.close()
})

test('a wrong or unknown option is refused by its name', async () => {
  await expect(listen(endpoint, { port: 65_536 })).rejects.toThrow('port must be')
  const mistyped: object = { prot: 5000 }
  await expect(listen(endpoint, mistyped)).rejects.toThrow(
    'Unknown option "prot". Did you mean "port"?',
  )
})

test('a server can be closed twice', async () => {
  const server = await listen(endpoint, { host: '127.0.0.1' })
  await server.close()
  await server.close()
})

test('an endpoint is served over TLS, and knows it', async () => {
  const tls = await makeCertificate()
  const server = await listen(endpoint, { host: '127.0.0.1', tls })
  const url = `wss://127.0.0.1:${server.port}/ws`
  const open = (origin: string): Promise<string> => {
    const socket = new WebSocket(url, { origin, rejectUnauthorized: false })
    return new Promise((resolve) => {
      socket.on('error', (error) => resolve(error.message))
      socket.on('open', () => socket.send('over TLS'))
      socket.on('message', (message) => {
        socket.close()
        resolve(String(message))
      })
    })
  }
  expect(await open(`https://127.0.0.1:${server.port}`)).toBe('over TLS')
  expect(await open(`http://127.0.0.1:${server.port}`)).toBe('Unexpected server response: 403')
  await server.close()
})

test('a certificate that cannot be used is an error that names the files', async () => {
  const file = fileURLToPath(import.meta.url)
  await expect(listen(endpoint, { tls: { cert: file, key: file } })).rejects.toThrow(
    `The files ${file} and ${file} must be a certificate and its key in PEM format.`,
  )
  await expect(listen(endpoint, { tls: { cert: '/nowhere.pem', key: file } })).rejects.toThrow(
    '/nowhere.pem',
  )
})

test('routes of your own take what the endpoint does not', async () => {
  const server = await listen(endpoint, {
    host: '127.0.0.1',
    configure(app) {
      app.any('/*', (response) => {
        response.end('a page', false)
      })
    },
  })
  const ask = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${server.port}${path}`)).text()
  expect(await ask('/')).toBe('a page')
  expect(await ask('/ws')).toContain('WebSocket endpoint')
  await server.close()
})

test('configure is handed an app with the methods and types of the engine', async () => {
  const server = await listen(endpoint, {
    host: '127.0.0.1',
    configure(app) {
      app.post('/form', (response, request) => {
        response.end(`${app.numSubscribers('news')} subscribers for ${request.getMethod()}`)
      })
    },
  })
  const answer = await fetch(`http://127.0.0.1:${server.port}/form`, { method: 'POST' })
  expect(await answer.text()).toBe('0 subscribers for post')
  await server.close()
})

test('a request may have more headers than the engine takes by default', async () => {
  const server = await listen(endpoint, { host: '127.0.0.1' })
  const headers = { Cookie: 'c'.repeat(10_000) }
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`, { headers })
  await once(socket, 'open')
  socket.terminate()
  await server.close()
})

test('another endpoint of the same server keeps its connections until its own deadline', async () => {
  const first = createEndpoint({ path: '/first', session: echo() })
  const second = createEndpoint({ path: '/second', session: echo() })
  const server = await listen(first, {
    host: '127.0.0.1',
    configure: (host) => attach(host, second),
  })
  const silent = connect(server.port, '127.0.0.1')
  await once(silent.resume(), 'connect')
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/second`)
  await once(socket, 'open')
  await server.close()
  await first.close({ deadline: 0 })
  for (let i = 0; i < 20; i++) {
    socket.send('still there')
    await once(socket, 'message')
  }
  expect(silent.closed).toBe(false)
  const gone = Promise.all([once(silent, 'close'), once(socket, 'close')])
  await second.close({ deadline: 0 })
  await gone
})

test('a configure that takes time is waited for, and one that fails is told', async () => {
  let isConfigured = false
  const server = await listen(endpoint, {
    async configure() {
      await nextTurn()
      isConfigured = true
    },
  })
  await server.close()
  expect(isConfigured).toBe(true)
  const error = new Error('broken')
  await expect(listen(endpoint, { configure: () => Promise.reject(error) })).rejects.toBe(error)
})

test('a server that is closed first keeps the connections of an endpoint that was attached later', async () => {
  const former = createEndpoint({ path: '/ws', session: echo() })
  const later = createEndpoint({ path: '/ws', session: echo() })
  let replace = () => {}
  const server = await listen(former, {
    host: '127.0.0.1',
    configure(host) {
      replace = () => void attach(host, later)
    },
  })
  await former.close({ deadline: 0 })
  replace()
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`)
  await once(socket, 'open')
  await server.close()
  socket.send('still here')
  const [message] = await once(socket, 'message')
  expect(String(message)).toBe('still here')
  await later.close()
})
