import { targetOf } from '../dialect.ts'
import type { Traffic } from '../protocol.ts'
import type { Scoreboard } from './client.ts'
import type { MessageRing } from './message-ring.ts'
import type { Talker } from './participant.ts'
import { RequestLine } from './request-line.ts'

const SAMPLE_EVERY = 8

/** The packets of engine.io 4, and what separates them. */
const OPEN = '0'
const PING = '2'
const PONG = '3'
const SEPARATOR = '\u001e'

/**
 * One client that polls, and sends by POST on a connection of its own. One message is under way: the next one follows when
 * the echo has come, and the POST before is answered.
 */
export class PollingClient implements Talker {
  readonly #polls: RequestLine
  readonly #posts: RequestLine
  readonly #ring: MessageRing
  readonly #echo: string
  readonly #board: Scoreboard
  readonly #opened: () => void
  #target: string
  #isEnding = false
  /** What waits for the answer to the POST before. */
  #waiting: string[] = []
  #untilSample: number
  #timedFrom: number | undefined
  isOpen = false

  /**
   * @param token of a connection that was negotiated
   * @param opened called when the connection is open, or has failed
   */
  constructor(
    port: number,
    { dialect }: Traffic,
    token: string | undefined,
    ring: MessageRing,
    board: Scoreboard,
    opened: () => void,
  ) {
    this.#ring = ring
    this.#echo = ring.echoes[0]?.toString('latin1') ?? ''
    this.#board = board
    this.#opened = opened
    this.#untilSample = board.connections++ % SAMPLE_EVERY
    const failed = (error: Error): void => this.#fail(error)
    this.#polls = new RequestLine(port, failed)
    this.#posts = new RequestLine(port, failed)
    this.#target = targetOf(dialect) + (token === undefined ? '' : `?id=${token}`)
    this.#polls.get(this.#target, (body) => {
      if (token === undefined) this.#target += `&sid=${sessionOf(body)}`
      this.#poll()
      this.isOpen = true
      this.#opened()
    })
  }

  start(): void {
    this.#sendNext()
  }

  async end(): Promise<void> {
    this.#isEnding = true
    this.isOpen = false
    await Promise.all([this.#polls.end(), this.#posts.end()])
  }

  #poll(): void {
    this.#polls.get(this.#target, (body) => {
      this.#poll()
      for (const packet of body.split(SEPARATOR)) this.#take(packet)
    })
  }

  #take(packet: string): void {
    // Empty: the poll was answered so that the next one comes.
    if (packet === '') return
    if (packet === PING) {
      this.#post(PONG)
      return
    }
    if (packet !== this.#echo) {
      this.#fail(new Error(`the echo differs from what was sent: ${packet.slice(0, 100)}`))
      return
    }
    this.#board.messages++
    if (this.#timedFrom !== undefined) {
      this.#board.stopwatch.record(performance.now() - this.#timedFrom)
      this.#timedFrom = undefined
    }
    this.#sendNext()
  }

  #sendNext(): void {
    if (this.#untilSample-- === 0) {
      this.#untilSample = SAMPLE_EVERY - 1
      this.#timedFrom = performance.now()
    }
    this.#post(this.#ring.take(1).toString('latin1'))
  }

  #post(body: string): void {
    if (this.#isEnding) return
    if (this.#posts.isBusy) {
      this.#waiting.push(body)
      return
    }
    this.#posts.post(this.#target, body, () => {
      const next = this.#waiting.shift()
      if (next !== undefined) this.#post(next)
    })
  }

  #fail(error: Error): void {
    if (this.#isEnding) return
    this.#board.failure ??= error
    void this.end()
    this.#opened()
  }
}

/** The id in the packet by which engine.io opens. */
function sessionOf(body: string): string {
  if (!body.startsWith(OPEN)) throw new Error(`engine.io answered ${body}`)
  return (JSON.parse(body.slice(1)) as { readonly sid: string }).sid
}
