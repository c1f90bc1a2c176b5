import type { Adapter } from '@wirebeat/core/adapter'
import { ADAPTERS, loadAdapter, runtimeOf } from '@wirebeat/test-support/adapter-names'
import type { Runtime } from '@wirebeat/test-support/process'
import type { Carrier } from './carrier.ts'
import type { Dialect } from './dialect.ts'

/** A server that echoes. */
export interface Contestant {
  readonly name: string
  /** The bare library of the same engine, to which its figures are compared. */
  readonly control: string | undefined
  /** The program in the folder `servers`, and its arguments. */
  readonly program: string
  readonly args: readonly string[]
  readonly runtime: Runtime
  readonly carrier: Carrier
  readonly dialect: Dialect
  /** Whether it is measured under broadcasts too: the bare library, and what has a topic or a room. */
  readonly broadcasts: boolean
}

const adapters = await Promise.all(ADAPTERS.map(loadAdapter))

interface Engine {
  /** As the adapters on it call it. */
  readonly name: string
  readonly library: Contestant
  /** Its users that are no adapters. */
  readonly others: readonly Contestant[]
}

const ENGINES: readonly Engine[] = [
  {
    name: 'ws',
    library: broadcasting(onNode('ws', 'ws', 'ws.js')),
    others: [
      onNode('crossws on ws', 'ws', 'crossws-ws.js'),
      { ...broadcasting(onNode('socket.io', 'ws', 'socket-io.js')), dialect: 'socket.io' },
    ],
  },
  {
    name: 'uWebSockets.js',
    library: broadcasting(onNode('uWebSockets.js', 'uWebSockets.js', 'uws.js')),
    others: [onNode('crossws on uWebSockets.js', 'uWebSockets.js', 'crossws-uws.js')],
  },
  {
    name: 'Bun.serve',
    library: { ...broadcasting(onNode('Bun', 'Bun', 'bun.js')), runtime: 'bun' },
    others: [],
  },
]

/** What is measured over TLS, where it is asked for. */
const overTls: readonly Contestant[] = [
  { ...onNode('ws over TLS', 'ws over TLS', 'ws.js', 'tls'), carrier: 'TLS' },
  { ...onNode('adapter-ws over TLS', 'ws over TLS', 'adapter.js', 'ws', 'tls'), carrier: 'TLS' },
  {
    ...onNode('adapter-ws over HTTP/2', 'ws over TLS', 'adapter.js', 'ws', 'tls', 'http2'),
    carrier: 'HTTP/2',
  },
]

/** The least that an echo costs on Node's sockets, and a decision on uWebSockets.js, where they are asked for. */
const floors: readonly Contestant[] = [
  onNode('Node floor', 'ws', 'node-floor.js'),
  { ...onNode('Node floor over TLS', 'ws over TLS', 'node-floor.js', 'tls'), carrier: 'TLS' },
  onNode('uWebSockets.js that decides', 'uWebSockets.js', 'uws.js', 'decide'),
]

/** The program that starts ASP.NET Core, which has to be built. */
const ASPNET_PROGRAM = 'aspnet.js'

/** The WebSockets of ASP.NET Core without a hub, where they are asked for. */
const aspnetEcho = onNode('ASP.NET Core', undefined, ASPNET_PROGRAM, 'echo')

/** Two processes behind one port, where they are asked for. */
const inProcesses: readonly Contestant[] = [
  onNode('adapter-ws by cluster', 'adapter-ws', 'processes.js', 'cluster'),
  onNode('adapter-ws by reusePort', 'adapter-ws', 'processes.js', 'reuse-port'),
  onNode('adapter-uws by a shared port', 'adapter-uws', 'processes.js', 'uws'),
]

/** The hub on ASP.NET Core, to which the hubs are compared. */
export const ASPNET = 'SignalR'

/** What polling and events are compared to. */
const POLLING = 'engine.io polling'
const EVENTS = 'Server-Sent Events by hand'

/** Hubs, what they cost at least, and their peers, where they are asked for. */
const hubs: readonly Contestant[] = [
  ofHub(broadcasting(onNode(ASPNET, undefined, ASPNET_PROGRAM))),
  ...adapters.map(({ name }) => ({
    ...ofHub(broadcasting(onNode(`hub on adapter-${name}`, ASPNET, 'hub.js', name))),
    runtime: runtimeOf(name),
  })),
  ...adapters.map(({ name }) => ({
    ...onNode(
      `stateful hub on adapter-${name}`,
      `hub on adapter-${name}`,
      'hub.js',
      name,
      'stateful',
    ),
    runtime: runtimeOf(name),
    dialect: 'hub, stateful' as const,
  })),
  ofHub(onNode('hub floor on ws', ASPNET, 'hub-floor.js', 'ws')),
  ofHub(onNode('hub floor on uWebSockets.js', ASPNET, 'hub-floor.js', 'uws')),
]

/** Long polling and Server-Sent Events beside what is there for it, where they are asked for. */
const withoutWebSocket: readonly Contestant[] = [
  { ...onNode(POLLING, POLLING, 'engine-io.js'), dialect: 'engine.io polling' },
  ...adapters.map(({ name }) => ({
    ...onNode(`adapter-${name} by long polling`, POLLING, 'adapter.js', name, 'http-transports'),
    runtime: runtimeOf(name),
    dialect: 'long polling' as const,
  })),
  { ...broadcasting(onNode(EVENTS, EVENTS, 'events.js')), dialect: 'events by hand' },
  ...adapters.map(({ name }) => ({
    ...broadcasting(
      onNode(
        `adapter-${name} by Server-Sent Events`,
        EVENTS,
        'adapter.js',
        name,
        'http-transports',
      ),
    ),
    runtime: runtimeOf(name),
    dialect: 'events' as const,
  })),
]

const acknowledged: Contestant = {
  ...onNode('socket.io acknowledged', ASPNET, 'socket-io.js'),
  dialect: 'socket.io, acknowledged',
}

/** Who is measured when nobody is named. */
export const USUAL_CONTESTANTS: readonly Contestant[] = [
  ...ENGINES.flatMap(({ name, library, others }) => [
    library,
    ...adapters.filter(({ engine }) => engine === name).flatMap(onAdapter),
    ...others,
  ]),
  // On engines whose bare library is not measured.
  ...adapters.filter(({ engine }) => libraryOf(engine) === undefined).flatMap(onAdapter),
  { ...onNode('Deno', undefined, 'deno.js'), runtime: 'deno' },
]

/** Everyone there is. */
export const CONTESTANTS: readonly Contestant[] = [
  ...USUAL_CONTESTANTS,
  ...overTls,
  ...floors,
  ...inProcesses,
  aspnetEcho,
  ...hubs,
  acknowledged,
  ...withoutWebSocket,
]

/** Whether ASP.NET Core runs it. */
export function isOnAspnet({ program }: Contestant): boolean {
  return program === ASPNET_PROGRAM
}

/** The bare library of the same engine, or the contestant itself where there is none. */
export function controlOf(contestant: Contestant): Contestant {
  return CONTESTANTS.find(({ name }) => name === contestant.control) ?? contestant
}

/** Both styles of session. */
function onAdapter({ name, engine }: Adapter): readonly Contestant[] {
  const control = libraryOf(engine)?.name
  return [
    broadcasting(onNode(`adapter-${name}`, control, 'adapter.js', name)),
    onNode(`adapter-${name} (loop)`, control, 'adapter.js', name, 'loop'),
  ].map((contestant) => ({ ...contestant, runtime: runtimeOf(name) }))
}

function libraryOf(engine: string): Contestant | undefined {
  return ENGINES.find(({ name }) => name === engine)?.library
}

function onNode(
  name: string,
  control: string | undefined,
  program: string,
  ...args: string[]
): Contestant {
  const rest = { runtime: 'node', carrier: 'TCP', dialect: 'websocket', broadcasts: false } as const
  return { name, control, program, args, ...rest }
}

function broadcasting(contestant: Contestant): Contestant {
  return { ...contestant, broadcasts: true }
}

function ofHub(contestant: Contestant): Contestant {
  return { ...contestant, dialect: 'hub' }
}
