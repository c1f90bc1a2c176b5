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
}

/** Connections that are opened, and then say nothing but what the heartbeat asks of them. */
export interface IdleLoad {
  readonly kind: 'idle'
  readonly id: string
  readonly connections: number
}

export type Load = ExchangeLoad | IdleLoad

const KIB = 1024
const FEW = 100
const MANY = 10_000

const SHAPES = [
  { size: 64, outstanding: 1 },
  { size: 64, outstanding: 16 },
  { size: KIB, outstanding: 4 },
  { size: 16 * KIB, outstanding: 1 },
  { size: 64 * KIB, outstanding: 4 },
] as const

/** Every load there is. */
export const LOADS: readonly Load[] = [
  ...[FEW, MANY].flatMap((connections) =>
    (['binary', 'text'] as const).flatMap((type) =>
      SHAPES.map(({ size, outstanding }) => exchangeLoad(size, outstanding, type, connections)),
    ),
  ),
  idleLoad(FEW),
  idleLoad(MANY),
]

const USUAL: ReadonlySet<string> = new Set([
  '64x1-binary-100',
  '64x16-binary-100',
  '1Kx4-binary-100',
  '16Kx1-binary-100',
  '64Kx4-binary-100',
  '64x16-text-100',
  '64x1-binary-10000',
  'idle-10000',
])

/** What is measured when nothing else is asked for. */
export const USUAL_LOADS: readonly Load[] = LOADS.filter(({ id }) => USUAL.has(id))

/** In words: `64 B × 16, text, 100 connections`. */
export function describeLoad(load: Load): string {
  const connections = `${load.connections.toLocaleString('en')} connections`
  if (load.kind === 'idle') return `idle, ${connections}`
  return `${describeSize(load.size)} × ${load.outstanding}, ${load.type}, ${connections}`
}

/** Whether a load is measured in a round, from 0: in every third where connecting alone takes seconds. */
export function isInRound(load: Load, round: number): boolean {
  return load.connections < MANY || round % 3 === 0
}

function exchangeLoad(
  size: number,
  outstanding: number,
  type: MessageType,
  connections: number,
): ExchangeLoad {
  const id = `${size < KIB ? size : `${size / KIB}K`}x${outstanding}-${type}-${connections}`
  return { kind: 'exchange', id, size, outstanding, type, connections }
}

function idleLoad(connections: number): IdleLoad {
  return { kind: 'idle', id: `idle-${connections}`, connections }
}

function describeSize(size: number): string {
  return size < KIB ? `${size} B` : `${size / KIB} KiB`
}
