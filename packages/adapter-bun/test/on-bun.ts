// Tests that run on Bun, where on-bun.test.ts starts this file. It reads them as well, for their names.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEndpoint, echo, type HandlerSession } from '@wirebeat/core'
import type { WebRequest } from '@wirebeat/core/adapter'
import { attach, type BunOptions, listen } from '../src/index.ts'

/** The part of Bun that the tests use. */
declare const Bun: { serve(options: BunOptions): { port: number; stop(all?: boolean): void } }

const [, , cert = '', key = ''] = process.argv

const HANDSHAKE_AND_MESSAGE = Buffer.from(
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n' +
    '\x82\x80\0\0\0\0',
  'latin1',
)

/** A session that says its name. */
function named(name: string): HandlerSession {
  return { open: (connection) => connection.send(name) }
}

/** The first message of a new connection, which is closed then. */
async function firstMessage(url: string): Promise<string> {
  const socket = new WebSocket(url)
  const message = new Promise<string>((resolve, reject) => {
    socket.onmessage = ({ data }) => resolve(String(data))
    socket.onerror = () => reject(new Error(`no connection to ${url}`))
  })
  try {
    return await message
  } finally {
    socket.close()
  }
}

async function ask(url: string): Promise<string> {
  const response = await fetch(url)
  return `${response.status} ${await response.text()}`
}

/** Serves options for as long as a test takes. */
async function serving(options: BunOptions, run: (host: string) => Promise<void>): Promise<void> {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', ...options })
  try {
    await run(`127.0.0.1:${server.port}`)
  } finally {
    server.stop(true)
  }
}

const page = (): Response => new Response('a page')
const NOT_WEB_SOCKET = '426 This is a WebSocket endpoint. The Upgrade header must be websocket.'

export const cases: Readonly<Record<string, () => Promise<void>>> = {
  'several endpoints share one server by their paths, whichever came first': async () => {
    const options = {}
    attach(options, createEndpoint({ session: named('any') }))
    attach(options, createEndpoint({ path: '/:room', session: named('room') }))
    attach(options, createEndpoint({ path: '/a', session: named('a') }))
    attach(options, createEndpoint({ path: '/b', session: named('b') }))
    await serving(options, async (host) => {
      assert.equal(await firstMessage(`ws://${host}/a`), 'a')
      assert.equal(await firstMessage(`ws://${host}/b?query`), 'b')
      assert.equal(await firstMessage(`ws://${host}/c`), 'room')
      assert.equal(await firstMessage(`ws://${host}/else/where`), 'any')
    })
  },

  'of several endpoints that take a path the most exact one gets it, with routes and without':
    async () => {
      for (const options of [{}, { routes: { '/*': page } }]) {
        for (const path of ['/:site/:room', '/a/:room', '/a/b']) {
          attach(options, createEndpoint({ path, session: named(path) }))
        }
        await serving(options, async (host) => {
          assert.equal(await firstMessage(`ws://${host}/a/b`), '/a/b')
          assert.equal(await firstMessage(`ws://${host}/a/x`), '/a/:room')
          assert.equal(await firstMessage(`ws://${host}/x/x`), '/:site/:room')
        })
      }
    },

  'the fetch of the application keeps the other paths, and is called as Bun calls it': async () => {
    const seen: unknown[] = []
    const options = {
      fetch(this: unknown, request: WebRequest, server: unknown) {
        seen.push(this === server, request.url)
        return page()
      },
    }
    await serving(
      attach(options, createEndpoint({ path: '/ws', session: echo() })),
      async (host) => {
        assert.equal(await ask(`http://${host}/other`), '200 a page')
        assert.equal(await ask(`http://${host}/ws`), NOT_WEB_SOCKET)
        assert.deepEqual(seen, [true, `http://${host}/other`])
      },
    )
  },

  'routes keep their paths, and the path of the endpoint is its own': async () => {
    const options = { routes: { '/page': page, '/*': () => new Response('all else') } }
    attach(options, createEndpoint({ path: '/ws', session: named('endpoint') }))
    attach(options, createEndpoint({ path: '/rooms/:id', session: named('room') }))
    await serving(options, async (host) => {
      assert.equal(await firstMessage(`ws://${host}/rooms/7`), 'room')
      assert.equal(await ask(`http://${host}/page`), '200 a page')
      assert.equal(await ask(`http://${host}/other`), '200 all else')
      assert.equal(await ask(`http://${host}/ws`), NOT_WEB_SOCKET)
      assert.equal(await firstMessage(`ws://${host}/ws`), 'endpoint')
    })
  },

  'an endpoint without a path leaves the application its pages': async () => {
    const options = attach({ fetch: page }, createEndpoint({ session: named('any') }))
    await serving(options, async (host) => {
      assert.equal(await ask(`http://${host}/`), '200 a page')
      assert.equal(await firstMessage(`ws://${host}/`), 'any')
    })
  },

  'without an application all else is answered with 404': async () => {
    const options = attach({}, createEndpoint({ path: '/ws', session: echo() }))
    await serving(options, async (host) => {
      assert.equal(await ask(`http://${host}/`), '404 Nothing is served at this path.')
    })
  },

  'each endpoint has its own limit and its own compression': async () => {
    const options = {}
    const small = createEndpoint({ path: '/small', maxMessageSize: 10, session: echo() })
    attach(options, small)
    const large = { path: '/large', maxMessageSize: 100_000, compression: true, session: echo() }
    attach(options, createEndpoint(large))
    await serving(options, async (host) => {
      const extensions: string[] = []
      for (const path of ['small', 'large']) {
        const socket = new WebSocket(`ws://${host}/${path}`)
        await new Promise((resolve) => {
          socket.onopen = resolve
        })
        extensions.push(socket.extensions.split(';')[0] ?? '')
        const answer = new Promise<unknown>((resolve) => {
          socket.onmessage = ({ data }) => resolve(String(data).length)
          socket.onclose = ({ code }) => resolve(code)
        })
        socket.send('x'.repeat(50_000))
        assert.equal(await answer, path === 'small' ? 1009 : 50_000)
        socket.close()
      }
      assert.deepEqual(extensions, ['', 'permessage-deflate'])
      assert.equal(small.stats().ends['message-too-big'], 1)
    })
  },

  'an authorize that takes longer than the idle time of the server is waited for': async () => {
    const endpoint = createEndpoint({
      session: named('late'),
      async authorize() {
        await sleep(2_500)
        return 'somebody'
      },
    })
    await serving(attach({ idleTimeout: 1 } as object, endpoint), async (host) => {
      assert.equal(await firstMessage(`ws://${host}/`), 'late')
    })
  },

  'clients that reset the connection behind their first message leave no place taken': async () => {
    const endpoint = createEndpoint({ session: echo() })
    let opened = 0
    endpoint.on('open', () => {
      opened++
    })
    await serving(attach({}, endpoint), async (host) => {
      const port = Number(host.split(':')[1])
      for (let client = 0; client < 100; client++) {
        const socket = connect(port, '127.0.0.1')
        socket.on('error', () => {})
        await once(socket, 'connect')
        socket.write(HANDSHAKE_AND_MESSAGE)
        socket.resetAndDestroy()
      }
      const deadline = performance.now() + 10_000
      while (endpoint.connections.size > 0 && performance.now() < deadline) await sleep(5)
      assert.equal(endpoint.connections.size, 0)
      assert.ok(opened > 0)
    })
  },

  'an endpoint is served over TLS, and knows it': async () => {
    const endpoint = createEndpoint({
      path: '/ws',
      allowedOrigins: 'same-origin',
      session: named('TLS'),
    })
    const server = await listen(endpoint, { host: '127.0.0.1', tls: { cert, key } })
    const status = async (scheme: string): Promise<number> => {
      const response = await fetch(`https://127.0.0.1:${server.port}/ws`, {
        headers: {
          Origin: `${scheme}://127.0.0.1:${server.port}`,
          Upgrade: 'websocket',
          Connection: 'Upgrade',
          'Sec-WebSocket-Version': '13',
          'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        },
        tls: { rejectUnauthorized: false },
      } as RequestInit)
      return response.status
    }
    assert.equal(await status('https'), 101)
    assert.equal(await status('http'), 403)
    await server.close()
    await endpoint.close({ deadline: 0 })
  },

  'a certificate that cannot be used is an error that names the files': async () => {
    const endpoint = createEndpoint({ session: echo() })
    const file = import.meta.filename
    await assert.rejects(listen(endpoint, { tls: { cert: file, key: file } }), {
      message: `The files ${file} and ${file} must be a certificate and its key in PEM format.`,
    })
    await assert.rejects(listen(endpoint, { tls: { cert: '/nowhere.pem', key } }), /\/nowhere\.pem/)
  },

  'a port in use, and an address of another machine, are errors that say so': async () => {
    const endpoint = createEndpoint({ session: echo() })
    const first = await listen(endpoint, { host: '127.0.0.1' })
    const { port } = first
    await assert.rejects(listen(endpoint, { host: '127.0.0.1', port }), {
      message: `Cannot listen on 127.0.0.1:${port}: the port is in use (EADDRINUSE). End the program that listens on it, or choose another port.`,
    })
    await assert.rejects(listen(endpoint, { host: '192.0.2.1' }), /Choose one that it has as host/)
    await first.close()
  },

  'configure adds pages and further endpoints': async () => {
    const endpoint = createEndpoint({ path: '/a', session: named('a') })
    const other = createEndpoint({ path: '/b', session: named('b') })
    const server = await listen(endpoint, {
      host: '127.0.0.1',
      async configure(options) {
        attach(options, other)
        options.fetch = page
      },
    })
    const host = `127.0.0.1:${server.port}`
    assert.equal(await ask(`http://${host}/`), '200 a page')
    assert.equal(await firstMessage(`ws://${host}/a`), 'a')
    assert.equal(await firstMessage(`ws://${host}/b`), 'b')
    await server.close()
  },

  'close leaves the connections of an endpoint that has replaced a closed one': async () => {
    const closed = createEndpoint({ path: '/ws', session: echo() })
    let options: BunOptions = {}
    const server = await listen(closed, {
      host: '127.0.0.1',
      configure(made) {
        options = made
      },
    })
    await closed.close({ deadline: 0 })
    const endpoint = createEndpoint({ path: '/ws', session: echo() })
    attach(options, endpoint)
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws`)
    const end = new Promise<string>((resolve) => {
      socket.onclose = ({ code }) => resolve(`closed with ${code}`)
    })
    const answer = new Promise<string>((resolve) => {
      socket.onmessage = ({ data }) => resolve(String(data))
    })
    await new Promise((resolve) => {
      socket.onopen = resolve
    })
    await server.close()
    // The server would cut the connection in a timer that is due already.
    await sleep(100)
    socket.send('hello')
    assert.equal(await Promise.race([answer, end]), 'hello')
    await endpoint.close({ deadline: 0 })
  },
}

if (process.versions['bun'] !== undefined) {
  for (const [name, run] of Object.entries(cases)) {
    const error = await run().then(
      () => null,
      (thrown) => String(thrown?.stack ?? thrown),
    )
    console.log(JSON.stringify([name, error]))
  }
  process.exit()
}
