import type { Clock } from '@wirebeat/core'
import { channelOfTopic } from './channel.ts'
import type { Mark, Place } from './envelope.ts'

/** How often the streams are looked at, in milliseconds. */
const LOOK = 1_000
/** How long after its latest publication a stream is marked. */
const QUIET = 1_000
/** How long after its latest publication a stream ends. Marks have this distance at least. */
const OVER = 5_000

/** Publications of this server to one topic that follow each other without a long pause. */
class SentStream {
  readonly topic: string
  readonly channel: string
  readonly number: number
  readonly begun: number
  /** The number of the latest publication. */
  latest = 0
  publishedAt = 0
  /** Up to which number it was marked. */
  marked = 0
  markedAt: number = Number.NEGATIVE_INFINITY

  constructor(topic: string, number: number, now: number) {
    this.topic = topic
    this.channel = channelOfTopic(topic)
    this.number = number
    this.begun = now
  }
}

/** A publication's place in a stream. */
export interface NumberedPlace extends Place {
  readonly channel: string
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
  /** By the topic. */
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

  /** Gives the next publication to a topic its number. */
  next(topic: string): NumberedPlace {
    const now = this.#clock.now()
    let stream = this.#streams.get(topic)
    if (stream === undefined) {
      stream = new SentStream(topic, ++this.#numbers, now)
      this.#streams.set(topic, stream)
      this.#lookLater()
    }
    stream.publishedAt = now
    const { channel, number, begun } = stream
    return { channel, stream: number, age: now - begun, number: ++stream.latest }
  }

  /** Ends all streams, and returns the marks that say so. */
  end(): DueMark[] {
    const now = this.#clock.now()
    this.#isEnded = true
    this.#cancel?.()
    this.#cancel = undefined
    const marks = [...this.#streams.values()].map((stream) => markOf(stream, now, true))
    this.#streams.clear()
    return marks
  }

  #look(): void {
    const now = this.#clock.now()
    const due: (readonly [DueMark, SentStream])[] = []
    for (const stream of this.#streams.values()) {
      const quiet = now - stream.publishedAt
      const isNew = stream.latest > stream.marked && now - stream.markedAt >= OVER
      const isFinal = quiet >= OVER
      if (!isFinal && !(quiet >= QUIET && isNew)) continue
      due.push([markOf(stream, now, isFinal), stream])
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

  #settle({ mark }: DueMark, stream: SentStream, now: number): void {
    stream.marked = mark.latest
    stream.markedAt = now
    if (mark.isFinal) this.#streams.delete(stream.topic)
  }

  #restore({ mark }: DueMark, stream: SentStream): void {
    stream.marked = 0
    stream.markedAt = Number.NEGATIVE_INFINITY
    if (!mark.isFinal || this.#streams.has(stream.topic) || this.#isEnded) return
    this.#streams.set(stream.topic, stream)
    this.#lookLater()
  }
}

function markOf(
  { channel, number, begun, latest }: SentStream,
  now: number,
  isFinal: boolean,
): DueMark {
  return { channel, mark: { kind: 'mark', stream: number, age: now - begun, latest, isFinal } }
}
