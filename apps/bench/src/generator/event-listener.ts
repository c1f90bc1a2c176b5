import { connect, type Socket } from 'node:net'
import { AnswerHead } from '@wirebeat/test-support/wire'
import { targetOf } from '../dialect.ts'
import type { Route } from '../protocol.ts'
import { HOST, ORIGIN } from '../servers/settings.ts'
import { EventReader } from './event-reader.ts'
import type { Participant } from './participant.ts'
import { RequestLine } from './request-line.ts'
import type { Failures } from './wire.ts'

/** One connection that reads a stream of Server-Sent Events. */
export class EventListener implements Participant {
  readonly #socket: Socket
  readonly #port: number
  readonly #target: string
  readonly #failures: Failures
  readonly #reader: EventReader
  readonly #onEvents: (first: number, count: number) => void
  readonly #opened: () => void
  /** As long as the head of the answer has not come. */
  #head: AnswerHead | undefined = new AnswerHead()
  /** On which it answers, once it has. */
  #posts: RequestLine | undefined
  #received = 0
  #isEnding = false
  isOpen = false

  /**
   * @param token of a connection that was negotiated
   * @param expected the events, which follow one another over and over
   * @param onEvents called with the number of the first event that has come, and how many have
   * @param opened called when the connection is open, or has failed
   */
  constructor(
    port: number,
    { dialect }: Route,
    token: string | undefined,
    expected: readonly Buffer[],
    failures: Failures,
    onEvents: (first: number, count: number) => void,
    opened: () => void,
  ) {
    this.#port = port
    this.#target = targetOf(dialect) + (token === undefined ? '' : `?id=${token}`)
    this.#failures = failures
    this.#reader = new EventReader(expected)
    this.#onEvents = onEvents
    this.#opened = opened
    const { buffer } = failures
    const callback = (length: number): boolean => {
      this.#read(buffer, length)
      return true
    }
    this.#socket = connect({ host: HOST, port, onread: { buffer, callback } })
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')))
    this.#socket.write(
      `GET ${this.#target} HTTP/1.1\r\nHost: ${HOST}:${port}\r\nOrigin: ${ORIGIN}\r\n` +
        'User-Agent: wirebeat-bench\r\nAccept: text/event-stream\r\n\r\n',
    )
  }

  /** Tells the server that the latest message has come to all. */
  answer(): void {
    this.#posts ??= new RequestLine(this.#port, (error) => this.#fail(error))
    this.#posts.post(this.#target, 'all', () => {})
  }

  async end(): Promise<void> {
    this.#isEnding = true
    this.isOpen = false
    await Promise.all([
      this.#posts?.end(),
      new Promise<void>((resolve) => {
        if (this.#socket.closed) resolve()
        this.#socket.once('close', () => resolve())
        // By a reset, so that no port stays behind in TIME_WAIT.
        this.#socket.resetAndDestroy()
      }),
    ])
  }

  #read(buffer: Buffer, length: number): void {
    try {
      const start = this.#head === undefined ? 0 : this.#readHead(this.#head, buffer, length)
      const count = this.#reader.read(buffer, start, length)
      if (count === 0) return
      const first = this.#received
      this.#received += count
      this.#onEvents(first, count)
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** Returns where in the bytes the body begins. */
  #readHead(head: AnswerHead, buffer: Buffer, length: number): number {
    const end = head.read(buffer.subarray(0, length))
    if (end === undefined) return length
    if (head.status !== 200) throw new Error(`the server answered: ${head.statusLine}`)
    this.#head = undefined
    this.isOpen = true
    this.#opened()
    return end
  }

  #fail(error: Error): void {
    if (this.#isEnding) return
    this.#failures.failure ??= error
    void this.end()
    this.#opened()
  }
}
