import {
  type Bytes,
  bytesOf,
  type HttpCall,
  type HttpHost,
  type SendResult,
  type Transport,
  type TransportListener,
} from '@wirebeat/core/extension'
import { byteLength } from './byte-length.ts'
import { AnswerFields, crossOriginFields } from './cross-origin.ts'
import { Deadline } from './deadline.ts'
import type { Inbound } from './inbound.ts'
import { PLAIN, POLL_HEAD } from './refuse.ts'

const BYTES = { 'Content-Type': 'application/octet-stream' } as const
const EMPTY = new AnswerFields({ ...POLL_HEAD, ...PLAIN })
const MESSAGES = new AnswerFields({ ...POLL_HEAD, ...BYTES })

/** How many bytes may wait for a poll before `send` returns `queued`, unless `maxBufferedAmount` is lower. */
const QUEUE_MARK = 64 * 1024

/** The times of long polling, in milliseconds. */
export interface PollTimes {
  /** How long a poll waits for a message. */
  readonly pollTimeout: number
  /** How long a client may take until its next poll. */
  readonly nextPollTimeout: number
}

/**
 * A client that asks for what there is, again and again, and itself sends by POST. A poll is its sign of life: a ping
 * answers the one that waits, so that the next one must come. One answer at a time is on its way.
 */
export class LongPolling implements Transport {
  readonly #host: HttpHost
  readonly #times: PollTimes
  readonly #inbound: Inbound
  readonly #queueMark: number
  #listener: TransportListener | undefined
  #queue: (string | Uint8Array)[] = []
  #queued = 0
  #isBacklogged = false
  /** The poll whose answer the network has not taken yet, and the bytes of that. */
  #answering: HttpCall | undefined
  #inAnswer = 0
  #cancelCut = (): void => {}
  /** The request that waits for messages. */
  #poll: HttpCall | undefined
  /** Of the poll that waits, or until the next one. */
  readonly #deadline: Deadline
  #isFlushing = false
  #isPinged = false
  #isClosing = false
  #isOver = false

  constructor(host: HttpHost, times: PollTimes, inbound: Inbound) {
    this.#host = host
    this.#times = times
    this.#inbound = inbound
    this.#queueMark = Math.min(QUEUE_MARK, host.options.maxBufferedAmount)
    this.#deadline = new Deadline(host.clock, () => {
      if (this.#poll === undefined || this.#answering !== undefined) this.#end('lost')
      else this.#answerPoll()
    })
  }

  get kind(): 'long-polling' {
    return 'long-polling'
  }

  get bufferedAmount(): number {
    return this.#queued + this.#inAnswer
  }

  get backlog(): number {
    return this.bufferedAmount
  }

  /** The connection was made by this request, which is answered at once. */
  open(
    listener: TransportListener,
    call: HttpCall,
    fields: Parameters<HttpCall['respond']>[1],
  ): void {
    this.#listener = listener
    const cross = crossOriginFields(call.request)
    call.respond(200, { ...POLL_HEAD, ...BYTES, ...fields, ...cross })
    this.#awaitNext()
    listener.opened()
    this.#inbound.open({
      message: (data, type) => listener.message(data, type),
      tooLarge: () => this.#end('message-too-big'),
    })
  }

  /** A further request for messages. */
  poll(call: HttpCall): void {
    if (this.#isOver) {
      respondEmpty(call)
      return
    }
    const former = this.#poll
    this.#poll = call
    if (former !== undefined) respondEmpty(former)
    call.onGone(() => {
      if (this.#answering === call) this.#taken()
      if (this.#poll !== call) return
      this.#poll = undefined
      if (this.#answering === undefined) this.#awaitNext()
    })
    this.#serve()
    // Behind the answer, because core looks at what still waits.
    if (!this.#isClosing) this.#tell(former !== undefined)
  }

  /** The client says that it is the end. */
  leave(): void {
    this.#end('client')
  }

  send(data: string | Bytes): SendResult {
    if (this.#isClosing || this.#isOver) return 'closed'
    const size = typeof data === 'string' ? byteLength(data) : data.byteLength
    // A copy, because it may wait for long.
    this.#queue.push(typeof data === 'string' ? data : bytesOf(data).slice())
    this.#queued += size
    if (this.#poll !== undefined && !this.#isFlushing) {
      this.#isFlushing = true
      // All that is sent in a turn leaves together. Not while a POST is handled, where uWebSockets.js would write each
      // field of another answer by itself.
      this.#host.clock.afterTurn(() => this.#flush())
    }
    if (this.bufferedAmount <= this.#queueMark) return 'sent'
    this.#isBacklogged = true
    return 'queued'
  }

  byteLength(text: string): number {
    return byteLength(text)
  }

  flush(): void {
    if (this.#isFlushing) this.#flush()
  }

  ping(): void {
    this.#isPinged = true
    this.#answerPoll()
  }

  close(): void {
    this.#isClosing = true
    if (this.#poll !== undefined) this.#flush()
  }

  terminate(): void {
    const former = this.#answering
    this.flush()
    const last = this.#answering
    this.#stop()
    if (former !== undefined) former.terminate()
    else if (last !== undefined) {
      // It was given just now.
      const { clock, options } = this.#host
      this.#cancelCut = clock.schedule(() => last.terminate(), options.closeTimeout)
    }
  }

  pause(): void {
    this.#inbound.pause()
  }

  resume(): void {
    this.#inbound.resume()
  }

  /** A poll is a sign of life. One that follows an answer was asked for, and another one was not. */
  #tell(isUnasked: boolean): void {
    const isPong = this.#isPinged
    this.#isPinged = false
    this.#listener?.alive()
    if (isPong) this.#listener?.ponged()
    else if (isUnasked) this.#listener?.pinged()
  }

  /** A poll has come, or may be answered. */
  #serve(): void {
    // The client has to take the answer to the one before first, within `nextPollTimeout`.
    if (this.#answering !== undefined) return
    if (this.#queued > 0 || this.#isClosing) this.#flush()
    else this.#deadline.move(this.#times.pollTimeout)
  }

  #flush(): void {
    this.#isFlushing = false
    if (this.#poll === undefined || this.#answering !== undefined) return
    if (this.#queued > 0) this.#answerPoll()
    else if (this.#isClosing) this.#end('client')
  }

  /** Answers the poll that waits, if one does, with what there is. */
  #answerPoll(): void {
    const call = this.#poll
    if (call === undefined || this.#answering !== undefined) return
    this.#poll = undefined
    const body = joined(this.#queue)
    const fields = this.#queued === 0 ? EMPTY : MESSAGES
    this.#answering = call
    this.#inAnswer = this.#queued
    this.#queue = []
    this.#queued = 0
    this.#awaitNext()
    call.respond(200, fields.for(call.request), body, () => {
      if (this.#answering === call) this.#taken()
    })
  }

  /** The network has taken the last answer, or its client has gone. */
  #taken(): void {
    this.#cancelCut()
    this.#answering = undefined
    this.#inAnswer = 0
    // Not within a call of the connection.
    if (this.#isBacklogged) this.#host.clock.afterTurn(() => this.#ease())
    if (this.#poll === undefined) return
    if (this.#isPinged) this.#answerPoll()
    else this.#serve()
  }

  /** Tells that next to nothing waits any more, unless enough was sent meanwhile. */
  #ease(): void {
    if (this.#isOver || !this.#isBacklogged || this.bufferedAmount > this.#queueMark) return
    this.#isBacklogged = false
    this.#listener?.drained()
  }

  #awaitNext(): void {
    if (!this.#isOver) this.#deadline.move(this.#times.nextPollTimeout)
  }

  #end(cause: 'client' | 'lost' | 'message-too-big'): void {
    if (this.#isOver) return
    this.#stop()
    this.#answering?.terminate()
    this.#listener?.closed(cause)
  }

  #stop(): void {
    this.#isOver = true
    this.#deadline.clear()
    this.#inbound.end()
    this.#queue = []
    this.#queued = 0
    const call = this.#poll
    this.#poll = undefined
    if (call !== undefined) respondEmpty(call)
  }
}

/** Ends a poll for which there will be nothing. */
function respondEmpty(call: HttpCall): void {
  call.respond(204, EMPTY.for(call.request))
}

/** One body of several messages, which say themselves where they end. */
function joined(messages: readonly (string | Uint8Array)[]): string | Uint8Array {
  if (messages.every((message) => typeof message === 'string')) return messages.join('')
  const parts = messages.map(bytesOf)
  const body = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let end = 0
  for (const part of parts) {
    body.set(part, end)
    end += part.length
  }
  return body
}
