import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { makeCertificate } from '@wirebeat/conformance/certificate'
import { createEndpoint, echo, type HandlerSession } from '@wirebeat/core'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { attach } from '../src/attach.ts'
import { listen } from '../src/listen.ts'
import { ask } from './http-client.ts'

const endpoint = createEndpoint({ path: '/ws', session: echo() })

test('a port in use is an error that says so', async () => {
  const first = await listen(endpoint, { host: '127.0.0.1' })
  await expect(listen(endpoint, { host: '127.0.0.1', port: first.port })).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${first.port}: the port is in use (EADDRINUSE). End the program that listens on it, or choose another port.`,
  )
  await first.close()
})

test('an address that this machine does not have is an error that says so', async () => {
  await expect(listen(endpoint, { host: '192.0.2.1' })).rejects.toThrow(
    'Cannot listen on 192.0.2.1:0: this machine does not have the address (EADDRNOTAVAIL). Choose one that it has as host.',
  )
})

test('a page that is being answered when the server is closed is answered', async () => {
  const paged = createEndpoint({ path: '/ws', session: echo() })
  const responses = new EventEmitter()
  const server = await listen(paged, {
    host: '127.0.0.1',
    configure: (host) => host.on('request', (_, response) => responses.emit('one', response)),
  })
  const answer = ask(server.port, '/')
  const [response] = await once(responses, 'one')
  await server.close()
  await paged.close()
  response.end('a page')
  expect(await answer).toEqual({ status: 200, body: 'a page' })
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

test('an endpoint is served over TLS', async () => {
  const tls = await makeCertificate()
  const server = await listen(endpoint, { host: '127.0.0.1', tls })
  const socket = new WebSocket(`wss://127.0.0.1:${server.port}/ws`, { rejectUnauthorized: false })
  await once(socket, 'open')
  socket.send('over TLS')
  const [message] = await once(socket, 'message')
  expect(String(message)).toBe('over TLS')
  socket.terminate()
  await server.close()
})

test('a small message over TLS counts as sent', async () => {
  const results: string[] = []
  const session: HandlerSession = {
    open(connection) {
      for (let i = 0; i < 20; i++) results.push(connection.send('small'))
      connection.close()
    },
  }
  const tls = await makeCertificate()
  const server = await listen(createEndpoint({ session }), { host: '127.0.0.1', tls })
  const socket = new WebSocket(`wss://127.0.0.1:${server.port}/`, { rejectUnauthorized: false })
  await once(socket, 'close')
  expect(new Set(results)).toEqual(new Set(['sent']))
  await server.close()
})

test('a client that does not begin with TLS is cut off after handshakeTimeout', async () => {
  const patient = createEndpoint({ handshakeTimeout: 200, session: echo() })
  const server = await listen(patient, { host: '127.0.0.1', tls: await makeCertificate() })
  const client = connect(server.port, '127.0.0.1')
  client.resume()
  // Node itself would wait for two minutes.
  await once(client, 'close', { signal: AbortSignal.timeout(10_000) })
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
