import { isPlain } from '../runtime/realm.ts'
import { show } from '../runtime/show.ts'
import { SERVED } from './served-endpoint.ts'

/** What an endpoint can be attached to, by adapter; and frameworks, which have such a host or make one. */
interface HostKind {
  readonly what: string
  /** The package whose `attach` takes it. */
  readonly adapter: string
  /** The call that is right. */
  readonly line: string
  /** The call that is right with the adapter for Bun, where there is one. */
  readonly lineOnBun?: string
  /** Whether a value is one, by what it can do: the packages are not there to be asked. */
  is(has: (...methods: readonly string[]) => boolean, host: unknown): boolean
}

const WS = '@wirebeat/adapter-ws'
const UWS = '@wirebeat/adapter-uws'
const BUN = '@wirebeat/adapter-bun'

const HOSTS: Readonly<Record<'node' | 'uws' | 'bun', HostKind & { readonly fresh: string }>> = {
  node: {
    what: 'a server of node:http, node:https or node:http2',
    adapter: WS,
    line: 'attach(server, endpoint)',
    fresh: 'attach(createServer(), endpoint)',
    // A server for TCP alone has no setTimeout.
    is: (has, host) =>
      typeof host === 'object' && has('on', 'emit', 'listenerCount', 'address', 'setTimeout'),
  },
  uws: {
    what: 'an App() or SSLApp() of uWebSockets.js',
    adapter: UWS,
    line: 'attach(app, endpoint)',
    fresh: 'attach(App(), endpoint)',
    is: (has) => has('ws', 'any', 'publish'),
  },
  bun: {
    what: 'options of Bun.serve',
    adapter: BUN,
    line: 'Bun.serve(attach(options, endpoint))',
    fresh: 'Bun.serve(attach({ port: 3000 }, endpoint))',
    is: (_has, host) => typeof host === 'object' && host !== null && isPlain(host),
  },
}

/** What is told from other values by what it can do. */
const KNOWN: readonly HostKind[] = [
  HOSTS.node,
  HOSTS.uws,
  {
    what: 'a server of Bun',
    adapter: BUN,
    line: HOSTS.bun.line,
    lineOnBun: HOSTS.bun.line,
    is: (has) => has('upgrade', 'publish', 'requestIP'),
  },
  {
    what: 'an Express application',
    adapter: WS,
    line: 'attach(createServer(app), endpoint)',
    is: (has, host) => typeof host === 'function' && has('handle', 'use', 'listen'),
  },
  {
    what: 'a Fastify instance',
    adapter: WS,
    line: 'attach(app.server, endpoint)',
    is: (has) => has('inject', 'register', 'ready'),
  },
  {
    what: 'a Koa application',
    adapter: WS,
    line: 'attach(createServer(app.callback()), endpoint)',
    is: (has) => has('callback', 'use', 'listen'),
  },
  {
    what: 'a Hono application',
    adapter: WS,
    line: 'attach(createServer(getRequestListener(app.fetch)), endpoint)',
    lineOnBun: 'Bun.serve(attach({ fetch: app.fetch }, endpoint))',
    is: (has) => has('fetch', 'basePath', 'route'),
  },
  {
    what: 'a Next.js application',
    adapter: WS,
    line: 'attach(createServer(app.getRequestHandler()), endpoint)',
    is: (has) => has('getRequestHandler', 'prepare'),
  },
  {
    what: 'a Nest application',
    adapter: WS,
    line: 'attach(app.getHttpServer(), endpoint)',
    is: (has) => has('getHttpServer'),
  },
  {
    what: 'a function',
    adapter: WS,
    line: 'attach(createServer(listener), endpoint)',
    is: (_has, host) => typeof host === 'function',
  },
]

/**
 * Checks what an endpoint is to be attached to.
 *
 * @throws TypeError for anything but such a host, with the line of code that is right for what it is.
 */
export function checkHost(kind: keyof typeof HOSTS, host: unknown): void {
  const wanted = HOSTS[kind]
  const isKind = (one: HostKind): boolean => one.is((...methods) => can(host, methods), host)
  const given = KNOWN.find(isKind)
  if (isKind(wanted) && (given === undefined || given === wanted)) return
  if (typeof host === 'object' && host !== null && SERVED in host) {
    throw new TypeError(`The arguments of attach are swapped. Write ${wanted.line}.`)
  }
  const problem = `attach must be given ${wanted.what}, got ${given?.what ?? show(host)}.`
  throw new TypeError(`${problem} ${advice(wanted, given)}`)
}

function advice(
  wanted: HostKind & { readonly fresh: string },
  given: HostKind | undefined,
): string {
  if (wanted === HOSTS.bun) return `Write ${given?.lineOnBun ?? wanted.fresh}.`
  if (given === undefined) return `Write ${wanted.fresh}.`
  if (given.adapter === wanted.adapter) return `Write ${given.line}.`
  return `Import attach from ${given.adapter}, and write ${given.line}.`
}

function can(host: unknown, methods: readonly string[]): boolean {
  if (host === null || (typeof host !== 'object' && typeof host !== 'function')) return false
  // An object of which nothing is known.
  const members = host as Readonly<Record<string, unknown>>
  return methods.every((method) => typeof members[method] === 'function')
}
