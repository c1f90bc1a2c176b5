import { setTimeout as delay } from 'node:timers/promises'
import { median } from '@wirebeat/test-support/measure'
import { CONTESTANTS, controlOf } from './contestant.ts'
import { LOADS } from './load.ts'
import type { GeneratorChild, Programs, ServerChild } from './programs.ts'

const SERVERS = ['stateful hub on adapter-ws', 'stateful hub on adapter-uws'] as const
const LOAD_IDS = ['64x1-text-100', '64x16-text-100'] as const
/** Milliseconds before the first window, in which the engine compiles what runs often. */
const WARM_UP = 2_500
/** Milliseconds at the beginning of a window that are not measured. */
const SETTLE = 300
const WINDOW = 1_200
const TIMEOUT = 60_000

/**
 * What a call costs with stateful reconnect, beside one without: on connections of one server, which are busy in turns.
 * Two servers of the same kind differ by more than that from run to run. Returns a table.
 */
export async function measureStateful(
  programs: Programs,
  rounds: number,
  progress: (line: string) => void,
): Promise<string> {
  const rows: string[] = []
  for (const server of SERVERS) {
    for (const load of LOAD_IDS) {
      const pairs = await measure(programs, server, load, rounds)
      const ratios = pairs.map(([plain, stateful]) => stateful / plain)
      const shown = [
        median(pairs.map(([plain]) => plain)),
        median(pairs.map(([, stateful]) => stateful)),
        median(ratios),
        Math.min(...ratios),
        Math.max(...ratios),
      ].map((number) => number?.toFixed(2))
      rows.push(`| ${server} | ${load} | ${shown.join(' | ')} |`)
      progress(rows.at(-1) ?? '')
    }
  }
  return [
    `CPU µs of the server for each call, medians of ${rounds} windows of ${WINDOW / 1_000} s each.`,
    '',
    '| server | load | without | with stateful reconnect | ratio | least | most |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n')
}

/** Returns what a call costs without and with stateful reconnect, for each round. */
async function measure(
  programs: Programs,
  serverName: string,
  loadId: string,
  rounds: number,
): Promise<[number, number][]> {
  const contestant = CONTESTANTS.find(({ name }) => name === serverName)
  const load = LOADS.find(({ id }) => id === loadId)
  if (contestant === undefined || load?.kind !== 'exchange')
    throw new Error('there is no such load')
  const { child: server, ready } = await programs.startServer(contestant, load)
  const generators: GeneratorChild[] = []
  try {
    for (const { carrier, dialect } of [controlOf(contestant), contestant]) {
      const generator = await programs.startGenerator()
      generators.push(generator)
      await generator.ask('connect', TIMEOUT, ready.port, load.connections, {
        ...load,
        carrier,
        dialect,
      })
      await generator.ask('exchange', TIMEOUT)
      await delay(WARM_UP)
      generator.signal('SIGSTOP')
    }
    // There are two.
    const [plain, stateful] = generators as [GeneratorChild, GeneratorChild]
    const pairs: [number, number][] = []
    for (let round = 0; round < rounds; round++) {
      pairs.push([await costOfCall(server, plain), await costOfCall(server, stateful)])
    }
    return pairs
  } finally {
    for (const generator of generators) generator.signal('SIGCONT')
    await Promise.allSettled([...generators, server].map((child) => child.stop()))
  }
}

/** CPU µs of the server for each call of one generator, while the other one stands still. */
async function costOfCall(server: ServerChild, generator: GeneratorChild): Promise<number> {
  generator.signal('SIGCONT')
  await delay(SETTLE)
  const [from] = await Promise.all([server.ask('moment', TIMEOUT), generator.ask('begin', TIMEOUT)])
  await delay(WINDOW)
  const [to, { messages }] = await Promise.all([
    server.ask('moment', TIMEOUT),
    generator.ask('report', TIMEOUT),
  ])
  generator.signal('SIGSTOP')
  return (to.cpu - from.cpu) / messages
}
