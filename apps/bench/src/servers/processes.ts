import { type ChildProcess, fork } from 'node:child_process'
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type ListenOptions } from 'node:net'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { attach as attachToUws, loadEngine } from '@wirebeat/adapter-uws'
import { attach, listen } from '@wirebeat/adapter-ws'
import { answerQuestions } from '@wirebeat/test-support/process'
import { moment } from '../moment.ts'
import type { ServerQuestions } from '../protocol.ts'
import { endpoint } from './endpoint.ts'
import { HOST } from './settings.ts'

// Two processes behind one port: by node:cluster, by `reusePort` of Node, or by the option of uWebSockets.js.

const PROCESSES = 2

/** How a process begins to listen, by the name of the way. */
const WAYS: Readonly<Record<string, (port: number) => Promise<unknown>>> = {
  cluster: (port) => listen(endpoint, { host: HOST, port }),
  async 'reuse-port'(port) {
    // The types are those of Node 20, which does not have the option.
    const options: ListenOptions & { readonly reusePort: true } = {
      host: HOST,
      port,
      reusePort: true,
    }
    await once(attach(createServer(), endpoint).listen(options), 'listening')
  },
  async uws(port) {
    const app = attachToUws((await loadEngine()).App(), endpoint)
    await new Promise((resolve, reject) => {
      app.listen(HOST, port, 0, (socket) => (socket ? resolve(socket) : reject(new Error('taken'))))
    })
  },
}

const way = process.argv[2] ?? ''
if (process.send === undefined) await lead()
else await serve()

async function serve(): Promise<void> {
  await WAYS[way]?.(Number(process.env['PORT']))
  const tell = (): void =>
    void process.send?.({ cpu: moment().cpu, resident: process.memoryUsage.rss() })
  process.on('message', tell)
  process.on('disconnect', () => process.exit())
  tell()
}

async function lead(): Promise<void> {
  const port = await freePort()
  const env = { PORT: String(port) }
  const children = Array.from({ length: PROCESSES }, () =>
    way === 'cluster'
      ? cluster.fork(env)
      : fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
          env: { ...process.env, ...env },
        }),
  )
  await Promise.all(children.map(answerOf))
  answerQuestions<ServerQuestions>(
    { port },
    {
      async moment() {
        const { cpu } = await useOf(children)
        const own = moment()
        return { at: own.at, cpu: own.cpu + cpu }
      },
      // Of their heaps nothing is known from outside.
      async memory() {
        const { resident } = await useOf(children)
        const all = resident + process.memoryUsage.rss()
        return { resident: all, heap: all }
      },
      broadcast: () => {},
      published: () => ({ first: 0, times: [] }),
    },
  )
}

/** CPU microseconds, and bytes of memory. */
interface Use {
  readonly cpu: number
  readonly resident: number
}

async function useOf(children: readonly (ChildProcess | Worker)[]): Promise<Use> {
  const uses = await Promise.all(
    children.map((child) => {
      child.send('use')
      return answerOf(child)
    }),
  )
  return uses.reduce((a, b) => ({ cpu: a.cpu + b.cpu, resident: a.resident + b.resident }))
}

async function answerOf(child: ChildProcess | Worker): Promise<Use> {
  // It sends nothing else.
  const [use] = (await once(child, 'message')) as [Use]
  return use
}

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await once(server.listen(0, HOST), 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
