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
  readonly dialect: Dialect
}

export type Runtime = 'node' | 'bun' | 'deno'

/** The variables that name the programs of the runtimes that do not run the benchmark itself. */
export const RUNTIME_VARIABLES: Readonly<Record<Exclude<Runtime, 'node'>, string>> = {
  bun: 'WIREBEAT_BUN',
  deno: 'WIREBEAT_DENO',
}

export const CONTESTANTS: readonly Contestant[] = [
  onNode('ws', 'ws', 'ws.js'),
  onNode('adapter-ws', 'ws', 'adapter.js', 'ws'),
  onNode('adapter-ws (loop)', 'ws', 'adapter.js', 'ws', 'loop'),
  onNode('crossws on ws', 'ws', 'crossws-ws.js'),
  { ...onNode('socket.io', 'ws', 'socket-io.js'), dialect: 'socket.io' },
  onNode('uWebSockets.js', 'uWebSockets.js', 'uws.js'),
  onNode('adapter-uws', 'uWebSockets.js', 'adapter.js', 'uws'),
  onNode('adapter-uws (loop)', 'uWebSockets.js', 'adapter.js', 'uws', 'loop'),
  onNode('crossws on uWebSockets.js', 'uWebSockets.js', 'crossws-uws.js'),
  { ...onNode('Bun', undefined, 'bun.js'), runtime: 'bun' },
  { ...onNode('Deno', undefined, 'deno.js'), runtime: 'deno' },
]

function onNode(
  name: string,
  control: string | undefined,
  program: string,
  ...args: string[]
): Contestant {
  return { name, control, program, args, runtime: 'node', dialect: 'websocket' }
}
