import type { Clock } from '@wirebeat/core'
import { Deferred } from '@wirebeat/core/extension'
import type { Backplane, BackplaneListener, BackplaneMessage } from './backplane.ts'
import { UnreadableError } from './byte-reader.ts'
import { channelOfServer, channelOfTopic, SERVERS, topicOfChannel } from './channel.ts'
import { Channels, type ChannelsListener } from './channels.ts'
import {
  type Body,
  type Envelope,
  isOf,
  longestQuestionHead,
  type Mark,
  type Presence,
  type Publications,
  type Question,
  type RelayedPublication,
  RUN_BYTES,
  readEnvelope,
  type Sender,
  writeEnvelope,
} from './envelope.ts'
import type { Gap } from './gap.ts'
import { type Batch, Outbox } from './outbox.ts'
import { AskError, Questions } from './questions.ts'
import { ReceivedStreams } from './received-streams.ts'
import { type DueMark, SentStreams } from './sent-streams.ts'
import { Servers } from './servers.ts'

/**
 * - `none`: there is no backplane.
 * - `connecting`: the backplane has not been up yet.
 * - `up`: publications reach other servers.
 * - `down`: the connection to the broker is lost, and another one is being made.
 * - `closed`: the topics were closed.
 */
export type BackplaneState = 'none' | 'connecting' | 'up' | 'down' | 'closed'

/** What a relay tells. */
export interface RelayListener {
  received(topic: string, publication: RelayedPublication): void
  gap(gap: Gap): void
  state(state: BackplaneState, why: Error | undefined): void
  unreadable(error: Error): void
}

/** A web standard that every runtime has. */
declare const crypto: { getRandomValues(array: Uint8Array): Uint8Array }

const FIRST_RETRY = 1_000
const LAST_RETRY = 30_000
/** How long the broker may take for the last words of a server, in milliseconds. */
const FAREWELL = 1_000

/** A topic of which messages of other servers arrive. */
interface Relayed {
  readonly topic: string
  readonly streams: ReceivedStreams
}

/** Carries publications to other servers and from them, over a backplane. */
export class Relay implements BackplaneListener, ChannelsListener {
  readonly #backplane: Backplane
  readonly #clock: Clock
  readonly #listener: RelayListener
  readonly #sender: Sender
  readonly #run: string
  readonly #channels: Channels
  readonly #outbox: Outbox
  readonly #sent: SentStreams
  readonly #servers: Servers
  readonly questions: Questions
  readonly #ready = new Deferred<void>()
  /** Resolves at the end of `close`. */
  readonly #closed = new Deferred<void>()
  /** The topics whose channels are joined, by the channel. */
  readonly #relayed = new Map<string, Relayed>()
  #state: BackplaneState = 'connecting'
  #retries = 0
  #cancelRetry: (() => void) | undefined
  // Figures.
  handedOver = 0
  received = 0
  gaps = 0
  stale = 0

  constructor(backplane: Backplane, name: string, clock: Clock, listener: RelayListener) {
    this.#backplane = backplane
    this.#clock = clock
    this.#listener = listener
    this.#sender = { run: crypto.getRandomValues(new Uint8Array(RUN_BYTES)), name }
    this.#run = hexOf(this.#sender.run)
    this.#channels = new Channels(backplane, clock, this)
    this.#outbox = new Outbox(backplane, clock, this.#sender)
    this.#sent = new SentStreams(clock, (marks) => this.#mark(marks))
    this.#servers = new Servers(
      clock,
      () => this.#backplane.publish([this.#presence('alive')]),
      (run, server) => this.#serverGone(run, server),
    )
    this.questions = new Questions(
      clock,
      () => this.maxQuestion,
      (error) => this.#listener.unreadable(error),
    )
    this.#channels.want(SERVERS)
    this.#channels.want(channelOfServer(this.#run))
    void this.#start()
  }

  /** The name by which other servers know this one. */
  get server(): string {
    return serverName(this.#run, this.#sender.name)
  }

  /** The other servers that are there. */
  get servers(): string[] {
    return this.#servers.runs.map((run) => serverName(run, this.#servers.nameOf(run) ?? ''))
  }

  get currentState(): BackplaneState {
    return this.#state
  }

  /** Resolves when the backplane is up for the first time. Rejects when the first attempt fails. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** How many channels the broker has confirmed. */
  get channels(): number {
    return this.#channels.count
  }

  /** How many bytes of data a question or an answer may have. The backplane may learn in `start` that it takes less. */
  get maxQuestion(): number {
    return this.#backplane.maxPayload - longestQuestionHead(this.#sender)
  }

  /** How many bytes a publication may have. */
  get maxPublication(): number {
    return this.#outbox.maxPublication
  }

  /** A topic has its first subscriber here. */
  want(topic: string): void {
    this.#channels.want(channelOfTopic(topic))
  }

  /** A topic has no subscriber here any more. */
  unwant(topic: string): void {
    this.#channels.unwant(channelOfTopic(topic))
  }

  /** Resolves with whether publications of other servers arrive. */
  joined(topic: string): Promise<boolean> {
    return this.#channels.joined(channelOfTopic(topic))
  }

  /** Hands a publication over. Returns `undefined` when it cannot leave this server. */
  publish(topic: string, publication: Uint8Array): Batch | undefined {
    if (this.#state !== 'up' || !this.#outbox.hasRoom(publication.length)) return undefined
    this.handedOver++
    return this.#outbox.add(this.#sent.next(topic), publication)
  }

  ask(
    server: string,
    question: { operation: string; data: Uint8Array; timeout: number },
  ): Promise<Uint8Array> {
    const run = runOf(server)
    if (!this.#servers.has(run)) {
      return Promise.reject(new AskError('server-gone', `There is no server ${server}.`))
    }
    return this.questions.ask(run, question, (asked) => this.#sendTo(run, asked))
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return this.#closed.promise
    const wasUp = this.#state === 'up'
    this.#cancelRetry?.()
    this.#outbox.flush()
    const marks = this.#sent.end()
    this.#setState('closed', undefined)
    this.#ready.reject(new Error('The topics were closed.'))
    this.questions.close()
    this.#servers.close()
    this.#channels.close()
    if (wasUp) {
      const messages = [...this.#markMessages(marks), this.#presence('goodbye')]
      await this.#takenInTime(this.#backplane.publish(messages))
    }
    try {
      await this.#backplane.close()
    } finally {
      this.#closed.resolve()
    }
  }

  // For the backplane.

  message(channel: string, payload: Uint8Array): void {
    if (isOf(this.#sender.run, payload) || this.#state === 'closed') return
    let envelope: Envelope
    try {
      envelope = readEnvelope(payload)
    } catch (error) {
      this.#unreadable(error, channel)
      return
    }
    this.#take(channel, envelope)
  }

  state(state: 'up' | 'down', why?: Error): void {
    // The backplane has not started yet; `start` says when it has.
    if (this.#state === 'closed' || this.#state === 'connecting') return
    // What keeps it down may be known later.
    if (state === 'down' && this.#state === 'down') this.#setState('down', why)
    else if (state === 'down') this.#down(why)
    else if (this.#state === 'down') this.#up()
  }

  lost(channels: readonly string[] | undefined, reason: Gap['reason'] = 'overflow'): void {
    for (const channel of channels ?? this.#relayed.keys()) {
      const relayed = this.#relayed.get(channel)
      if (relayed !== undefined) this.#tellAll(relayed, reason)
    }
  }

  refused(channels: readonly string[]): void {
    this.lost(channels, 'refused')
    this.#channels.refused(channels)
  }

  // For the channels.

  channelJoined(channel: string, wasRefused: boolean): void {
    const topic = topicOfChannel(channel)
    if (channel === SERVERS) this.#announce('hello')
    if (topic === undefined) return
    const relayed = { topic, streams: new ReceivedStreams(this.#clock) }
    this.#relayed.set(channel, relayed)
    // Subscribers were told that nothing arrives. Now it does, and something may have been missed.
    if (wasRefused) this.#tellAll(relayed, 'disconnected')
  }

  channelLeft(channel: string): void {
    this.#relayed.delete(channel)
  }

  // Private.

  async #start(): Promise<void> {
    try {
      await this.#backplane.start(this)
    } catch (error) {
      if (this.#state === 'closed') return
      this.#ready.reject(error)
      this.#listener.state('connecting', asError(error))
      const longest = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.#retries++)
      // Servers that were started together do not come back together.
      const delay = longest * (0.5 + Math.random() / 2)
      this.#cancelRetry = this.#clock.schedule(() => void this.#start(), delay)
      return
    }
    if (this.#state !== 'connecting') return
    this.#ready.resolve()
    this.#up()
  }

  #up(): void {
    const isFirst = this.#state === 'connecting'
    this.#setState('up', undefined)
    this.#channels.up()
    this.#servers.up()
    if (isFirst) return
    this.#announce('hello')
    for (const relayed of this.#relayed.values()) this.#tellAll(relayed, 'disconnected')
  }

  #down(why: Error | undefined): void {
    this.#channels.down()
    this.#servers.down()
    this.#setState('down', why)
  }

  #setState(state: BackplaneState, why: Error | undefined): void {
    this.#state = state
    this.#listener.state(state, why)
  }

  #take(channel: string, { sender, body }: Envelope): void {
    const run = hexOf(sender.run)
    const server = serverName(run, sender.name)
    switch (body.kind) {
      case 'publications':
        this.#receive(channel, run, server, body)
        break
      case 'mark':
        this.#receiveMark(channel, run, server, body)
        break
      case 'question':
        this.#answer(run, server, body)
        break
      case 'answer':
        this.questions.answered(run, body)
        break
      default:
        this.#present(run, sender.name, body)
    }
  }

  #receive(channel: string, run: string, server: string, body: Publications): void {
    const relayed = this.#relayed.get(channel)
    if (relayed === undefined) return
    const { stale, missing } = relayed.streams.arrived(run, body)
    this.#tell(relayed.topic, server, missing, 'missing')
    this.stale += stale
    for (const publication of body.publications.slice(stale)) {
      this.received++
      this.#listener.received(relayed.topic, publication)
    }
  }

  #receiveMark(channel: string, run: string, server: string, mark: Mark): void {
    const relayed = this.#relayed.get(channel)
    if (relayed === undefined) return
    this.#tell(relayed.topic, server, relayed.streams.marked(run, mark), 'missing')
  }

  #present(run: string, name: string, { kind }: Presence): void {
    if (kind === 'goodbye') {
      this.#servers.left(run)
      return
    }
    const isNew = !this.#servers.has(run)
    this.#servers.heard(run, name)
    // Who comes is told at once who is there.
    if (kind === 'hello' || isNew) {
      this.#sendTo(run, { kind: 'alive' }).catch(() => {})
    }
  }

  #answer(run: string, server: string, question: Question): void {
    if (this.questions.isStale(run, question)) {
      this.stale++
      return
    }
    this.questions
      .answer(server, question)
      .then((answer) => this.#sendTo(run, answer))
      // Who asks would wait for its whole time limit. Where the broker has taken the answer after all, this one is ignored.
      .catch(() => this.#sendTo(run, this.questions.unsent(question)))
      .catch(() => {})
  }

  #serverGone(run: string, name: string): void {
    this.questions.gone(run)
    for (const { topic, streams } of this.#relayed.values()) {
      if (streams.gone(run)) this.#tell(topic, serverName(run, name), undefined, 'server-gone')
    }
  }

  /** Whatever server has published, it may have been lost. */
  #tellAll({ topic, streams }: Relayed, reason: Gap['reason']): void {
    streams.restart()
    this.#tell(topic, undefined, undefined, reason)
  }

  #tell(
    topic: string,
    server: string | undefined,
    count: number | undefined,
    reason: Gap['reason'],
  ): void {
    if (count === 0) return
    this.gaps++
    this.#listener.gap({ topic, server, count, reason })
  }

  #unreadable(error: unknown, channel: string): void {
    if (!(error instanceof UnreadableError)) throw error
    const text = `A message on the channel ${channel} cannot be read.`
    this.#listener.unreadable(new UnreadableError(`${text} ${error.message}`))
  }

  #mark(marks: readonly DueMark[]): Promise<void> | undefined {
    if (this.#state !== 'up') return undefined
    // Those that they mark, which may still wait for the end of the turn after a process was busy.
    this.#outbox.flush()
    return this.#backplane.publish(this.#markMessages(marks))
  }

  #markMessages(marks: readonly DueMark[]): BackplaneMessage[] {
    return marks.map(({ channel, mark }) => ({
      channel,
      payload: writeEnvelope(this.#sender, mark),
    }))
  }

  /** Waits until the broker has taken something, but not forever for one that is silent. */
  #takenInTime(taken: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.schedule(resolve, FAREWELL)
      taken
        .catch(() => {})
        .then(() => {
          cancel()
          resolve()
        })
    })
  }

  #announce(kind: Presence['kind']): void {
    if (this.#state === 'up') this.#backplane.publish([this.#presence(kind)]).catch(() => {})
  }

  #presence(kind: Presence['kind']): BackplaneMessage {
    return { channel: SERVERS, payload: writeEnvelope(this.#sender, { kind }) }
  }

  #sendTo(run: string, body: Exclude<Body, Publications>): Promise<void> {
    const payload = writeEnvelope(this.#sender, body)
    return this.#outbox.send({ channel: channelOfServer(run), payload })
  }
}

function hexOf(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}

function serverName(run: string, name: string): string {
  return name === '' ? run : `${name}:${run}`
}

function runOf(server: string): string {
  return server.slice(server.lastIndexOf(':') + 1)
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
