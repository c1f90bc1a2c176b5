import { setTimeout as delay } from 'node:timers/promises'
import { median } from '@wirebeat/test-support/measure'
import type { Contestant } from './contestant.ts'
import { type Dialect, HUB_PING_INTERVAL, isHub } from './dialect.ts'
import type { BroadcastLoad, ExchangeLoad, IdleLoad, Load, PacedLoad } from './load.ts'
import { usedByAll } from './machine.ts'
import type { Metrics } from './measurement.ts'
import { type Moment, share } from './moment.ts'
import type { GeneratorChild, Programs, ServerChild } from './programs.ts'
import type { Audience, Traffic } from './protocol.ts'
import { HEARTBEAT } from './servers/settings.ts'

/** What can be measured: messages that are due have a rate by now. */
export type Measurable = Paced | ExchangeLoad | IdleLoad | BroadcastLoad

/** With how many messages are due in a second, on all connections. */
type Paced = PacedLoad & { readonly perSecond: number }

export interface Times {
  /** Milliseconds that an exchange is measured. */
  readonly window: number
  /** Milliseconds that an exchange runs before it is measured. */
  readonly warmUp: number
  /** Milliseconds that idle connections are left alone before they are watched. */
  readonly idleWarmUp: number
  /** Milliseconds that idle connections are watched, at least. */
  readonly idleWindow: number
}

/** Milliseconds that a measurement takes, as far as it is known beforehand: its own times, and two processes. */
export function expectedTime({ dialect }: Contestant, load: Load, times: Times): number {
  const { window, warmUp, idleWarmUp, idleWindow } = times
  const connecting = START + load.connections * CONNECT
  if (load.kind === 'idle') {
    const rehearsing = 2 * (REHEARSALS * REHEARSAL * CONNECT + SETTLE)
    return rehearsing + connecting + idleWarmUp + wholeIntervals(idleWindow, dialect)
  }
  if (load.kind === 'paced') return connecting + warmUp + PACED_WINDOWS * window
  if (load.kind === 'exchange') return connecting + warmUp + window
  const turns = ((BROADCAST_WARM_UP / (load.perSecond ?? BROADCAST_WARM_UP)) * 1_000) | 0
  return connecting + turns + (load.slow === undefined ? BROADCAST_WINDOWS * window : SLOW_WINDOW)
}

/**
 * The milliseconds that idle connections are watched. The pings of an interval may leave within a second of it, of which
 * a part of an interval has all or none.
 */
export function wholeIntervals(idleWindow: number, dialect: Dialect): number {
  const interval = isHub(dialect) ? HUB_PING_INTERVAL : HEARTBEAT
  return Math.ceil(idleWindow / interval) * interval
}

interface Pair {
  readonly server: ServerChild
  readonly generator: GeneratorChild
  readonly port: number
}

/** Milliseconds that two processes take to start, and that a connection takes to open. */
const START = 700
const CONNECT = 0.3
const ANSWER_TIMEOUT = 60_000
const CONNECT_TIMEOUT = 240_000
/** Connections that come and go together before memory is compared, and again before handshakes are timed. */
const REHEARSAL = 1_000
/**
 * How often they come and go. V8 compiles what answers a handshake within some 6,000 of them, and forgets much of that
 * with the collections by which memory is measured.
 */
const REHEARSALS = 10
/** Messages that are due are measured for so many windows of an exchange, so that the thousandth part is enough. */
const PACED_WINDOWS = 5
/** Different messages on each connection, where they are due at a rate. */
const RING = 16
/** Broadcasts are measured for so many windows of an exchange, because some are ten in a second. */
const BROADCAST_WINDOWS = 3
/** Messages that are exchanged before they are measured. By long polling V8 still compiles at 8,000. */
const WARM_MESSAGES = 30_000
/** Milliseconds after which a slow exchange is measured all the same. */
const LONGEST_WARM_UP = 10_000
/**
 * Turns that are published before a broadcast is measured, at least. As many of ten in a second as of a hundred, since
 * the engines compile what has run often.
 */
const BROADCAST_WARM_UP = 40
/** Milliseconds that a tenth of the connections do not read. */
const SLOW_WINDOW = 8_000
/** Milliseconds in which a connection that was closed for it is gone: more than the default of `closeTimeout`. */
const CLOSED_WINDOW = 6_000
/** Milliseconds for what connections leave to settle. */
const SETTLE = 300

/** Measures one contestant under one load, in processes of its own. */
export async function measure(
  programs: Programs,
  contestant: Contestant,
  load: Measurable,
  times: Times,
): Promise<Metrics> {
  const server = programs.startServer(contestant, load)
  const generator = programs.startGenerator()
  try {
    const [{ child, ready }, its] = await Promise.all([server, generator])
    const pair = { server: child, generator: its, port: ready.port }
    if (load.kind === 'exchange') return await measureExchange(pair, contestant, load, times)
    if (load.kind === 'paced') return await measurePaced(pair, contestant, load, times)
    if (load.kind === 'idle') return await measureIdle(pair, contestant, load, times)
    return await measureBroadcast(pair, contestant, load, times)
  } finally {
    // Either may have failed to start, and is gone then.
    await Promise.allSettled([
      server.then(({ child }) => child.stop()),
      generator.then((child) => child.stop()),
    ])
  }
}

async function measureExchange(
  { server, generator, port }: Pair,
  { carrier, dialect }: Contestant,
  { size, outstanding, type, connections, compression }: ExchangeLoad,
  { window, warmUp }: Times,
): Promise<Metrics> {
  const traffic: Traffic = { carrier, dialect, type, size, outstanding, compression }
  await generator.ask('connect', CONNECT_TIMEOUT, port, connections, traffic)
  await generator.ask('exchange', ANSWER_TIMEOUT)
  await warm(generator, warmUp)
  const [serverFrom, generatorFrom] = await Promise.all([
    server.ask('moment', ANSWER_TIMEOUT),
    generator.ask('begin', ANSWER_TIMEOUT),
  ])
  const busy = watchMachine()
  await delay(window)
  const used = busy()
  const [serverTo, report] = await Promise.all([
    server.ask('moment', ANSWER_TIMEOUT),
    generator.ask('report', ANSWER_TIMEOUT),
  ])
  if (report.messages === 0) throw new Error('no message came back')
  const rate = (report.messages / (report.at - generatorFrom.at)) * 1_000
  const shares = sharesOf(used, [serverFrom, serverTo], [generatorFrom, report])
  return {
    rate,
    // Of two rates, so that it does not matter that the two processes were not asked at once.
    cpuPerMessage: (shares.serverShare * 1_000_000) / rate,
    ...report.latency,
    ...shares,
  }
}

/** Lets an exchange run for a while, and until the engine of the server has compiled what it runs. */
async function warm(generator: GeneratorChild, warmUp: number): Promise<void> {
  const end = performance.now() + Math.max(warmUp, LONGEST_WARM_UP)
  await delay(warmUp)
  while (performance.now() < end) {
    const { messages } = await generator.ask('report', ANSWER_TIMEOUT)
    if (messages >= WARM_MESSAGES) return
    await delay(100)
  }
}

async function measurePaced(
  { server, generator, port }: Pair,
  { carrier, dialect }: Contestant,
  { size, type, connections, perSecond }: Paced,
  { window, warmUp }: Times,
): Promise<Metrics> {
  const traffic: Traffic = { carrier, dialect, type, size, outstanding: RING, perSecond }
  await generator.ask('connect', CONNECT_TIMEOUT, port, connections, traffic)
  await generator.ask('exchange', ANSWER_TIMEOUT)
  await delay(warmUp)
  const [serverFrom, generatorFrom] = await Promise.all([
    server.ask('moment', ANSWER_TIMEOUT),
    generator.ask('begin', ANSWER_TIMEOUT),
  ])
  const busy = watchMachine()
  await delay(PACED_WINDOWS * window)
  const used = busy()
  const [serverTo, generatorTo] = await Promise.all([
    server.ask('moment', ANSWER_TIMEOUT),
    generator.ask('settle', ANSWER_TIMEOUT),
  ])
  const report = await generator.ask('report', ANSWER_TIMEOUT)
  const rate = (report.messages / (generatorTo.at - generatorFrom.at)) * 1_000
  const shares = sharesOf(used, [serverFrom, serverTo], [generatorFrom, generatorTo])
  return {
    rate,
    cpuPerMessage: (shares.serverShare * 1_000_000) / rate,
    ...report.latency,
    ...(report.delay !== undefined && { delay: report.delay }),
    ...shares,
  }
}

async function measureBroadcast(
  { server, generator, port }: Pair,
  { carrier, dialect }: Contestant,
  load: BroadcastLoad,
  { window, warmUp }: Times,
): Promise<Metrics> {
  const { connections, compression, perSecond, slow } = load
  const deaf = slow === undefined ? 0 : connections / 10
  const audience: Audience = { carrier, dialect, broadcast: load, compression, deaf }
  await generator.ask('listen', CONNECT_TIMEOUT, port, connections, audience)
  await delay(SETTLE)
  const memoryBefore = await server.ask('memory', ANSWER_TIMEOUT)
  await server.ask('broadcast', ANSWER_TIMEOUT, load)
  const turns = perSecond === undefined ? 0 : (BROADCAST_WARM_UP / perSecond) * 1_000
  await delay(Math.max(warmUp, turns))
  const [serverFrom, generatorFrom] = await Promise.all([
    server.ask('moment', ANSWER_TIMEOUT),
    generator.ask('begin', ANSWER_TIMEOUT),
  ])
  const busy = watchMachine()
  await delay(slow === undefined ? BROADCAST_WINDOWS * window : SLOW_WINDOW)
  const used = busy()
  const [serverTo, report] = await Promise.all([
    server.ask('moment', ANSWER_TIMEOUT),
    generator.ask('report', ANSWER_TIMEOUT),
  ])
  if (report.messages === 0) throw new Error('no message came')
  const [lasts, { first, times }] = [
    await generator.ask('lasts', ANSWER_TIMEOUT),
    await server.ask('published', ANSWER_TIMEOUT),
  ]
  const took = lasts.flatMap(([number, at]) => {
    const from = times[number - first]
    return from === undefined || number % load.together !== load.together - 1 ? [] : [at - from]
  })
  const rate = (report.messages / (report.at - generatorFrom.at)) * 1_000
  const shares = sharesOf(used, [serverFrom, serverTo], [generatorFrom, report])
  const grown = async (): Promise<number> =>
    (await server.ask('memory', ANSWER_TIMEOUT)).resident - memoryBefore.resident
  const growth = slow === undefined ? undefined : await grown()
  if (slow === 'close') await delay(CLOSED_WINDOW)
  const kept = slow === 'close' ? await grown() : undefined
  const last = median(took)
  return {
    rate,
    cpuPerMessage: (shares.serverShare * 1_000_000) / rate,
    ...(last !== undefined && { last }),
    ...(growth !== undefined && { growth }),
    ...(kept !== undefined && { kept }),
    ...shares,
  }
}

async function measureIdle(
  { server, generator, port }: Pair,
  { carrier, dialect }: Contestant,
  { connections }: IdleLoad,
  { idleWarmUp, idleWindow }: Times,
): Promise<Metrics> {
  const traffic: Traffic = { carrier, dialect, type: 'binary', size: 64, outstanding: 1 }
  const rehearse = async (): Promise<void> => {
    for (let times = 0; times < REHEARSALS; times++) {
      await generator.ask('connect', CONNECT_TIMEOUT, port, REHEARSAL, traffic)
      await generator.ask('disconnect', ANSWER_TIMEOUT)
    }
    await delay(SETTLE)
  }
  // Before, too, so that what the engine compiles is not taken for memory of connections.
  await rehearse()
  const memoryBefore = await server.ask('memory', ANSWER_TIMEOUT)
  await rehearse()

  const connectFrom = await server.ask('moment', ANSWER_TIMEOUT)
  const generatorFrom = await generator.ask('begin', ANSWER_TIMEOUT)
  const busy = watchMachine()
  const took = await generator.ask('connect', CONNECT_TIMEOUT, port, connections, traffic)
  const used = busy()
  const generatorTo = await generator.ask('report', ANSWER_TIMEOUT)
  const connectTo = await server.ask('moment', ANSWER_TIMEOUT)

  await delay(SETTLE)
  const memory = await server.ask('memory', ANSWER_TIMEOUT)

  await delay(idleWarmUp)
  const idleFrom = await server.ask('moment', ANSWER_TIMEOUT)
  await delay(wholeIntervals(idleWindow, dialect))
  const idleTo = await server.ask('moment', ANSWER_TIMEOUT)
  const { open } = await generator.ask('report', ANSWER_TIMEOUT)
  if (open !== connections) throw new Error(`${connections - open} connections were lost`)
  return {
    handshakes: (connections / took) * 1_000,
    cpuPerHandshake: (connectTo.cpu - connectFrom.cpu) / connections,
    memory: (memory.resident - memoryBefore.resident) / connections,
    heap: (memory.heap - memoryBefore.heap) / connections,
    idleShare: share(idleFrom, idleTo),
    ...sharesOf(used, [connectFrom, connectTo], [generatorFrom, generatorTo]),
  }
}

/** @param used by all programs of the machine, in cores */
function sharesOf(
  used: number,
  server: readonly [from: Moment, to: Moment],
  generator: readonly [from: Moment, to: Moment],
): Record<'serverShare' | 'generatorShare' | 'othersShare', number> {
  const [serverShare, generatorShare] = [share(...server), share(...generator)]
  const othersShare = Math.max(used - serverShare - generatorShare, 0)
  return { serverShare, generatorShare, othersShare }
}

/** Starts to watch the machine; what it returns says how many cores were busy since. */
function watchMachine(): () => number {
  const from = { at: performance.now(), cpu: usedByAll() }
  return () => share(from, { at: performance.now(), cpu: usedByAll() })
}
