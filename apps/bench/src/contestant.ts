import type { Adapter } from '@wirebeat/core/adapter'
import { ADAPTERS, loadAdapter } from '@wirebeat/test-support/adapter-names'
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

export type Runtime = 'node' | 'bun' | 'deno'

/** The variables that name the programs of the runtimes that do not run the benchmark itself. */
export const RUNTIME_VARIABLES: Readonly<Record<Exclude<Runtime, 'node'>, string>> = {
  bun: 'WIREBEAT_BUN',
  deno: 'WIREBEAT_DENO',
}

const adapters = await Promise.all(ADAPTERS.map(loadAdapter))

/** For each engine its bare library, the adapters on it, and its other users. */
const ENGINES: readonly (readonly [library: Contestant, ...others: readonly Contestant[]])[] = [
  [
    broadcasting(onNode('ws', 'ws', 'ws.js')),
    onNode('crossws on ws', 'ws', 'crossws-ws.js'),
    { ...broadcasting(onNode('socket.io', 'ws', 'socket-io.js')), dialect: 'socket.io' },
  ],
  [
    broadcasting(onNode('uWebSockets.js', 'uWebSockets.js', 'uws.js')),
    onNode('crossws on uWebSockets.js', 'uWebSockets.js', 'crossws-uws.js'),
  ],
]

/** What runs on Bun alone, which the benchmark itself does not. */
const onBun: readonly Contestant[] = [
  broadcasting(onNode('Bun', 'Bun', 'bun.js')),
  broadcasting(onNode('adapter-bun', 'Bun', 'adapter-bun.js')),
  onNode('adapter-bun (loop)', 'Bun', 'adapter-bun.js', 'loop'),
].map((contestant) => ({ ...contestant, runtime: 'bun' }))

/** What is measured over TLS, where it is asked for. */
const overTls: readonly Contestant[] = [
  { ...onNode('ws over TLS', 'ws over TLS', 'ws.js', 'tls'), carrier: 'TLS' },
  { ...onNode('adapter-ws over TLS', 'ws over TLS', 'adapter.js', 'ws', 'tls'), carrier: 'TLS' },
  {
    ...onNode('adapter-ws over HTTP/2', 'ws over TLS', 'adapter.js', 'ws', 'tls', 'http2'),
    carrier: 'HTTP/2',
  },
]

/** Who is measured when nobody is named. */
export const USUAL_CONTESTANTS: readonly Contestant[] = [
  ...ENGINES.flatMap(([library, ...others]) => [
    library,
    ...adapters.filter(({ engine }) => engine === library.name).flatMap(onAdapter),
    ...others,
  ]),
  // On engines whose bare library is not measured.
  ...adapters.filter(({ engine }) => controlOf(engine) === undefined).flatMap(onAdapter),
  ...onBun,
  { ...onNode('Deno', undefined, 'deno.js'), runtime: 'deno' },
]

/** Everyone there is. */
export const CONTESTANTS: readonly Contestant[] = [...USUAL_CONTESTANTS, ...overTls]

/** Both styles of session. */
function onAdapter({ name, engine }: Adapter): readonly Contestant[] {
  const control = controlOf(engine)
  return [
    broadcasting(onNode(`adapter-${name}`, control, 'adapter.js', name)),
    onNode(`adapter-${name} (loop)`, control, 'adapter.js', name, 'loop'),
  ]
}

function controlOf(engine: string): string | undefined {
  return ENGINES.map(([{ name }]) => name).find((name) => name === engine)
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
