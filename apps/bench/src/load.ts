export type MessageType = 'text' | 'binary'

/** Messages that go back and forth, with a number of them always under way on each connection. */
export interface ExchangeLoad {
  readonly kind: 'exchange'
  readonly id: string
  /** Bytes of data in a message. */
  readonly size: number
  /** Messages under way on each connection. */
  readonly outstanding: number
  readonly type: MessageType
  readonly connections: number
  /** Whether both sides compress. */
  readonly compression: boolean
}

/**
 * Messages that are due at a rate, whatever becomes of those before: half of what the bare library of the engine has
 * answered shortly before.
 */
export interface PacedLoad {
  readonly kind: 'paced'
  readonly id: string
  /** Bytes of data in a message. */
  readonly size: number
  readonly type: MessageType
  readonly connections: number
}

/** Connections that are opened, and then say nothing but what the heartbeat asks of them. */
export interface IdleLoad {
  readonly kind: 'idle'
  readonly id: string
  readonly connections: number
}

/** Messages that the server sends to all connections. */
export interface BroadcastLoad {
  readonly kind: 'broadcast'
  readonly id: string
  /** Bytes of text in a message. */
  readonly size: number
  /** Messages that are published in one turn of the event loop. */
  readonly together: number
  /** Turns in a second. `undefined`: the next one when all clients have the last message. */
  readonly perSecond: number | undefined
  readonly connections: number
  readonly compression: boolean
  /** What becomes of a tenth of the connections, which do not read. `undefined`: all read. */
  readonly slow: 'close' | 'skip' | undefined
}

export type Load = ExchangeLoad | PacedLoad | IdleLoad | BroadcastLoad

const KIB = 1024
const FEW = 100
const SOME = 1_000
const MANY = 10_000

const BROADCASTS: readonly Omit<BroadcastLoad, 'kind' | 'id'>[] = [
  broadcast({ size: 64, perSecond: 100 }),
  broadcast({ size: 64, perSecond: 10 }),
  broadcast({ size: KIB, perSecond: 100 }),
  broadcast({ size: 16 * KIB, perSecond: 10 }),
  broadcast({ size: 64, together: 4, perSecond: 10 }),
  broadcast({ size: 64, together: 16, perSecond: 10 }),
  broadcast({ size: KIB, perSecond: 10, compression: true }),
  broadcast({ size: 16 * KIB, perSecond: 10, compression: true }),
  ...[1, FEW, SOME, MANY].map((connections) => broadcast({ size: 64, connections })),
  broadcast({ size: 64, together: 16, connections: MANY }),
  broadcast({ size: 16 * KIB, perSecond: 50, slow: 'close' }),
  broadcast({ size: 16 * KIB, perSecond: 50, slow: 'skip' }),
]

const SHAPES = [
  { size: 64, outstanding: 1 },
  { size: 64, outstanding: 16 },
  { size: KIB, outstanding: 4 },
  { size: 16 * KIB, outstanding: 1 },
  { size: 64 * KIB, outstanding: 4 },
] as const

/** Every load there is. */
export const LOADS: readonly Load[] = [
  ...[FEW, SOME, MANY].flatMap((connections) =>
    (['binary', 'text'] as const).flatMap((type) =>
      SHAPES.map(({ size, outstanding }) => exchangeLoad(size, outstanding, type, connections)),
    ),
  ),
  compressedLoad(KIB, FEW),
  pacedLoad(64, FEW),
  pacedLoad(64, SOME),
  idleLoad(FEW),
  idleLoad(SOME),
  idleLoad(MANY),
  ...BROADCASTS.map(broadcastLoad),
]

const USUAL: ReadonlySet<string> = new Set([
  '64x1-binary-100',
  '64x16-binary-100',
  '1Kx4-binary-100',
  '16Kx1-binary-100',
  '64Kx4-binary-100',
  '64x16-text-100',
  '64x1-binary-10000',
  'paced-64-100',
  'idle-10000',
])

/** What is measured when nothing else is asked for. */
export const USUAL_LOADS: readonly Load[] = LOADS.filter((load) =>
  load.kind === 'broadcast' ? !isForGrowth(load) : USUAL.has(load.id),
)

/** Whether a broadcast only shows how its cost grows with the connections. */
function isForGrowth({ perSecond, connections }: BroadcastLoad): boolean {
  return perSecond === undefined && connections < MANY
}

/** In words: `64 B × 16, text, 100 connections`. */
export function describeLoad(load: Load): string {
  const connections = `${load.connections.toLocaleString('en')} connections`
  if (load.kind === 'idle') return `idle, ${connections}`
  if (load.kind === 'broadcast') return describeBroadcast(load)
  if (load.kind === 'paced') {
    return `${describeSize(load.size)} at half of the most, ${load.type}, ${connections}`
  }
  const compressed = load.compression ? ', compressed' : ''
  return `${describeSize(load.size)} × ${load.outstanding}, ${load.type}${compressed}, ${connections}`
}

/** Whether a load is measured in a round, from 0: in every third where it takes many seconds. */
export function isInRound(load: Load, round: number): boolean {
  const isLong = load.connections >= MANY || (load.kind === 'broadcast' && load.slow !== undefined)
  return !isLong || round % 3 === 0
}

/** The load that shows how much the bare library can answer: each connection always waits for an answer. */
export function mostOf({ size, type, connections }: PacedLoad): ExchangeLoad {
  return exchangeLoad(size, 1, type, connections)
}

/** Text that is about as compressible as JSON. */
function compressedLoad(size: number, connections: number): ExchangeLoad {
  const load = exchangeLoad(size, 1, 'text', connections)
  return { ...load, id: `${load.id}-deflate`, compression: true }
}

function pacedLoad(size: number, connections: number): PacedLoad {
  return { kind: 'paced', id: `paced-${size}-${connections}`, size, type: 'binary', connections }
}

function exchangeLoad(
  size: number,
  outstanding: number,
  type: MessageType,
  connections: number,
): ExchangeLoad {
  const id = `${size < KIB ? size : `${size / KIB}K`}x${outstanding}-${type}-${connections}`
  return { kind: 'exchange', id, size, outstanding, type, connections, compression: false }
}

function idleLoad(connections: number): IdleLoad {
  return { kind: 'idle', id: `idle-${connections}`, connections }
}

function broadcast({
  size,
  together = 1,
  perSecond,
  connections = SOME,
  compression = false,
  slow,
}: Pick<BroadcastLoad, 'size'> & Partial<BroadcastLoad>): Omit<BroadcastLoad, 'kind' | 'id'> {
  return { size, together, perSecond, connections, compression, slow }
}

function broadcastLoad(shape: Omit<BroadcastLoad, 'kind' | 'id'>): BroadcastLoad {
  const { size, together, perSecond, connections, compression, slow } = shape
  const id = [
    'broadcast',
    `${together}x${size < KIB ? `${size}B` : `${size / KIB}K`}`,
    ...(perSecond === undefined ? [] : [`${perSecond}hz`]),
    ...(compression ? ['deflate'] : []),
    ...(slow === undefined ? [] : [slow]),
    connections,
  ].join('-')
  return { kind: 'broadcast', id, ...shape }
}

function describeBroadcast(load: BroadcastLoad): string {
  const { size, together, perSecond, connections, compression, slow } = load
  return [
    `${together} × ${describeSize(size)} to ${connections.toLocaleString('en')}`,
    perSecond === undefined ? 'one turn after the other' : `${perSecond} turns/s`,
    ...(compression ? ['compressed'] : []),
    ...(slow === undefined ? [] : [`a tenth does not read, and is ${SLOW[slow]}`]),
  ].join(', ')
}

const SLOW = { close: 'closed', skip: 'left out' } as const

function describeSize(size: number): string {
  return size < KIB ? `${size} B` : `${size / KIB} KiB`
}
