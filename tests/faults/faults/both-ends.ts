import { expect } from 'vitest'
import type { Diary, LostConnection } from '../src/reconnecting/protocol.ts'
import type { Ended, Received, ServerEvent } from '../src/server-protocol.ts'
import type { Standstill } from '../src/standstills.ts'
import { holdWithin } from './bound.ts'
import { settle } from './fates.ts'
import { Lateness } from './lateness.ts'
import { Silence } from './silence.ts'

/** Milliseconds: a client whose process had no turn for longer asks once more before it gives up. */
const WORTH_EXCUSING = 50

/** What the two ends have written down. */
export interface Records {
  readonly diaries: readonly Diary[]
  /** Of the process of the clients. */
  readonly standstills: readonly Standstill[]
  /** Of the server. */
  readonly serverStandstills: readonly Standstill[]
  readonly events: readonly ServerEvent[]
  readonly received: readonly Received[]
}

/** A cable was cut. Milliseconds. */
export interface Cut {
  /** Who was cut off. */
  readonly names: readonly string[]
  readonly from: number
  readonly mendedAt: number
  /** When all were connected again. */
  readonly settledAt: number
}

/** A connection, as the server has seen it. */
interface Connection {
  readonly openedAt: number
  readonly end: Ended | undefined
  readonly numbers: readonly number[]
}

/** Holds what clients and server say of the same time against each other. */
export class BothEnds {
  readonly #interval: number
  readonly #silence: Silence
  readonly #records: Records
  readonly #clients: Lateness
  readonly #server: Lateness
  /** Those of each client, in order. */
  readonly #connections = new Map<string, Connection[]>()
  readonly #ends: readonly Ended[]

  constructor(interval: number, records: Records) {
    const { events, received } = records
    this.#interval = interval
    this.#silence = new Silence(interval)
    this.#records = records
    this.#clients = new Lateness(records.standstills)
    this.#server = new Lateness(records.serverStandstills)
    this.#ends = events.filter((event) => event.kind === 'close')
    const messages = new Map(received.map((one) => [one.connection, one.messages]))
    const ends = new Map(this.#ends.map((end) => [end.id, end]))
    for (const event of events) {
      if (event.kind !== 'open') continue
      const words = (messages.get(event.id) ?? []).map((message) => message.split(' '))
      // One that said nothing was lost before its client knew of it.
      const name = words[0]?.[0]
      if (name === undefined) continue
      const numbers = words.map(([, number]) => Number(number))
      this.#connectionsOf(name).push({ openedAt: event.at, end: ends.get(event.id), numbers })
    }
  }

  /** No message is lost without a word, none comes twice, and only the last ones are uncertain. */
  messages(): string {
    const sum = { sent: 0, received: 0, uncertain: 0, arrived: 0, queued: 0 }
    for (const { name, sent, uncertain, queued, unsent, forgotten } of this.#records.diaries) {
      const fates = settle({
        name,
        sent,
        uncertain: uncertain.map(({ number }) => number),
        received: this.#connectionsOf(name).map(({ numbers }) => numbers),
      })
      expect({ name, unsent, forgotten }).toEqual({ name, unsent: 0, forgotten: 0 })
      sum.queued += queued
      for (const [fate, count] of Object.entries(fates)) sum[fate as keyof typeof fates] += count
    }
    const ages = this.#records.diaries.flatMap(({ uncertain }) => uncertain.map(({ age }) => age))
    const oldest = Math.max(...ages)
    // The answer that does not come was due after X, and is missed by the rule of the heartbeat, which
    // may give one more X.
    const allowed = 2 * this.#interval + 2 * this.#silence.most - this.#silence.least
    const measured = this.#records.diaries.flatMap(({ uncertain }) =>
      uncertain.map(({ at, age }) => ({
        value: age,
        lateness: this.#clients.within(at - age, at),
      })),
    )
    holdWithin('ms until a message is told to be uncertain', allowed, measured)
    return (
      `${this.#records.diaries.length} clients sent ${sum.sent} messages, ${sum.queued} of them without a ` +
      `connection; ${sum.received} came, each once and in order; ${sum.uncertain} were uncertain, up ` +
      `to ${oldest.toFixed(0)} ms after they were handed over (allowed ${allowed}), and ` +
      `${sum.arrived} of those came; 0 others were lost`
    )
  }

  /**
   * Each end ends what is silent by the 2X rule. Clients may be later only where their process had no turn
   * meanwhile: one whose timer is late asks once more.
   */
  silences(): string {
    const isSilent = ({ cause }: { readonly cause: string }): boolean => cause === 'heartbeat'
    const atServer = this.#silence.holdsFor(this.#ends.filter(isSilent), this.#server)
    const losses = this.#records.diaries.flatMap((diary) => diary.losses).filter(isSilent)
    const awake = losses.filter((loss) => !this.#stoodStill(loss))
    const atClients = awake.length === 0 ? 'none ended' : this.#silence.holdsFor(awake)
    const excused = losses.filter((loss) => this.#stoodStill(loss))
    const later = excused.map(({ at, lastSign }) => ({
      value: at - lastSign,
      lateness: this.#interval + this.#clients.within(lastSign, at),
    }))
    holdWithin('ms of silence at a client whose process stood still', this.#silence.most, later)
    return (
      `at the server ${atServer}; at the clients ${atClients}, and ${excused.length} while their process ` +
      'stood still'
    )
  }

  /** Where a cut leaves time for it both ends have noticed before it is mended. */
  cuts(cuts: readonly Cut[]): string {
    const counts = { long: 0, connections: 0, survived: 0 }
    for (const { names, from, mendedAt, settledAt } of cuts) {
      const late = this.#server.within(from, mendedAt)
      const isPaused = this.#server.hasPause(this.#interval, from, mendedAt)
      const isLong = !isPaused && mendedAt - from - late > this.#silence.most
      if (isLong) counts.long++
      for (const { name, losses } of this.#records.diaries.filter((one) =>
        names.includes(one.name),
      )) {
        const loss = losses.find(({ at }) => at > from && at < settledAt)
        const present = this.#connectionsOf(name).findLast(({ openedAt }) => openedAt < from)
        const told = { name, client: loss, server: present?.end }
        if (isLong) {
          const inTime = { cause: 'heartbeat', at: expect.toSatisfy((at) => at < mendedAt) }
          const isExcused = this.#stoodStill({ lastSign: from - this.#interval, at: mendedAt })
          expect(told).toMatchObject({ ...(!isExcused && { client: inTime }), server: inTime })
        } else {
          counts.connections++
          const hasEnded = (present?.end?.at ?? Number.POSITIVE_INFINITY) < settledAt
          if (loss === undefined && !hasEnded) counts.survived++
        }
      }
    }
    return (
      `${counts.long} of ${cuts.length} cuts were long, and noticed by both ends before they were ` +
      `mended; ${counts.survived} of ${counts.connections} connections survived the short ones`
    )
  }

  /** Whether the process of the clients had no turn for a while of that silence. */
  #stoodStill({ lastSign, at }: Pick<LostConnection, 'lastSign' | 'at'>): boolean {
    return this.#clients.hasPause(WORTH_EXCUSING, lastSign, at)
  }

  #connectionsOf(name: string): Connection[] {
    const known = this.#connections.get(name) ?? []
    this.#connections.set(name, known)
    return known
  }
}
