import type { Clock } from '@wirebeat/core'
import type { Mark, Place } from './envelope.ts'

/** How often the streams are looked at, in milliseconds. */
const LOOK = 1_000
/** How long after its latest publication a stream is marked. */
const QUIET = 1_000
/** How long after its latest publication a stream ends. Marks have this distance at least. */
const OVER = 5_000

/** Publications of this server to one topic that follow each other without a long pause. */
class SentStream {
  readonly number: number
  readonly begun: number
  /** The number of the latest publication. */
  latest = 0
  publishedAt = 0
  /** Up to which number it was marked. */
  marked = 0
  markedAt: number = Number.NEGATIVE_INFINITY

  constructor(number: number, now: number) {
    this.number = number
    this.begun = now
  }
}

/** A publication's place in a stream. */
export interface NumberedPlace extends Place {
  readonly number: number
}

/** A mark for the subscribers of a channel. */
export interface DueMark {
  readonly channel: string
  readonly mark: Mark
}

/**
 * Numbers the publications of this server, so that another one notices when it has missed some. A hole shows when the
 * next publication arrives. When none comes, a mark with the latest number shows it: about a second after the
 * publications of a topic have paused, and once more after five seconds, when the stream ends and is forgotten.
 */
export class SentStreams {
  readonly #clock: Clock
  readonly #send: (marks: readonly DueMark[]) => Promise<void> | undefined
  readonly #streams = new Map<string, SentStream>()
  #numbers = 0
  #isEnded = false
  #cancel: (() => void) | undefined

  /**
   * @param send sends marks. It returns `undefined` when nothing can be sent now, and rejects when they may not have
   * been sent. They are due again then.
   */
  constructor(clock: Clock, send: (marks: readonly DueMark[]) => Promise<void> | undefined) {
    this.#clock = clock
    this.#send = send
  }

  /** Gives the next publication on a channel its number. */
  next(channel: string): NumberedPlace {
    const now = this.#clock.now()
    let stream = this.#streams.get(channel)
    if (stream === undefined) {
      stream = new SentStream(++this.#numbers, now)
      this.#streams.set(channel, stream)
      this.#lookLater()
    }
    stream.publishedAt = now
    return { stream: stream.number, age: now - stream.begun, number: ++stream.latest }
  }

  /** Ends all streams, and returns the marks that say so. */
  end(): DueMark[] {
    const now = this.#clock.now()
    this.#isEnded = true
    this.#cancel?.()
    this.#cancel = undefined
    const marks = [...this.#streams].map(([channel, stream]) => markOf(channel, stream, now, true))
    this.#streams.clear()
    return marks
  }

  #look(): void {
    const now = this.#clock.now()
    const due: (readonly [DueMark, SentStream])[] = []
    for (const [channel, stream] of this.#streams) {
      const quiet = now - stream.publishedAt
      const isNew = stream.latest > stream.marked && now - stream.markedAt >= OVER
      const isFinal = quiet >= OVER
      if (!isFinal && !(quiet >= QUIET && isNew)) continue
      due.push([markOf(channel, stream, now, isFinal), stream])
    }
    const sent = due.length === 0 ? undefined : this.#send(due.map(([mark]) => mark))
    if (sent !== undefined) {
      for (const [mark, stream] of due) this.#settle(mark, stream, now)
      sent.catch(() => {
        for (const [mark, stream] of due) this.#restore(mark, stream)
      })
    }
    this.#cancel = undefined
    if (this.#streams.size > 0) this.#lookLater()
  }

  #lookLater(): void {
    this.#cancel ??= this.#clock.schedule(() => this.#look(), LOOK)
  }

  #settle({ channel, mark }: DueMark, stream: SentStream, now: number): void {
    stream.marked = mark.latest
    stream.markedAt = now
    if (mark.isFinal) this.#streams.delete(channel)
  }

  #restore({ channel, mark }: DueMark, stream: SentStream): void {
    stream.marked = 0
    stream.markedAt = Number.NEGATIVE_INFINITY
    if (!mark.isFinal || this.#streams.has(channel) || this.#isEnded) return
    this.#streams.set(channel, stream)
    this.#lookLater()
  }
}

function markOf(channel: string, stream: SentStream, now: number, isFinal: boolean): DueMark {
  const { number, begun, latest } = stream
  return { channel, mark: { kind: 'mark', stream: number, age: now - begun, latest, isFinal } }
}
