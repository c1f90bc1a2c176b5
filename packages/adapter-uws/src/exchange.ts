import { clearInterval, setImmediate, setInterval } from 'node:timers'
import {
  type BodyReader,
  type Bytes,
  bytesOf,
  type HttpExchange,
  type HttpHead,
  type HttpStream,
  type SendResult,
} from '@wirebeat/core/adapter'
import type { UwsResponse } from './engine.ts'
import { answerHead, writeHead } from './refuse.ts'

/** How much of a body is kept until somebody reads it. The rest stays in the network. */
const EARLY_LIMIT = 64 * 1024

/** A plain request. To be made within the engine's callback for it. */
export class UwsExchange implements HttpExchange {
  readonly #response: UwsResponse
  readonly #method: string
  /** What has come of the body, while nobody reads it. */
  #early: Uint8Array[] = []
  #earlySize = 0
  #isPaused = false
  #hasEnded = false
  #reader: BodyReader | undefined
  /** The answer is complete, or the client has gone. */
  #isOver = false
  #isGone = false
  /** Some of the answer waits for the network. */
  #isResponding = false
  #gone = (): void => {}
  #stream: UwsStream | undefined

  constructor(response: UwsResponse, method: string) {
    this.#response = response
    this.#method = method
    response.onAborted(() => {
      this.#stream?.left()
      this.#isOver = true
      this.#isGone = true
      this.#early = []
      this.#gone()
    })
    // The engine drops what comes before there is a listener.
    response.onData((chunk, isLast) => this.#arrived(chunk, isLast))
  }

  read(reader: BodyReader): void {
    const early = this.#early
    this.#early = []
    for (const chunk of early) reader.chunk(chunk)
    if (this.#hasEnded) reader.end()
    else this.#reader = reader
    this.#readOn()
  }

  respond(head: HttpHead, body: string | Bytes, taken?: () => void): void {
    if (this.#isOver) return
    this.#readOn()
    this.#isOver = true
    this.#early = []
    const response = this.#response
    if (this.#method === 'HEAD') {
      const length = Buffer.byteLength(body)
      // The connection ends with it, which within the callback of the request it would before all is written.
      setImmediate(() => {
        if (!this.#isGone) answerHead(response, head, length)
      })
      return
    }
    const whole = typeof body === 'string' ? body.toWellFormed() : body
    if (taken !== undefined && Buffer.byteLength(whole) > PIECE) {
      this.#respondInParts(head, bytesOf(whole), taken)
      return
    }
    response.cork(() => {
      writeHead(response, head)
      if (head.status === 204) response.endWithoutBody()
      else response.end(whole)
    })
    taken?.()
  }

  terminate(): void {
    if (this.#isResponding && !this.#isGone) this.#response.close()
  }

  /** The engine does not tell when the network has taken what it holds. So it is given what the network takes. */
  #respondInParts(head: HttpHead, body: Uint8Array, taken: () => void): void {
    const response = this.#response
    this.#isResponding = true
    const goOn = (): boolean => {
      const rest = body.subarray(response.getWriteOffset())
      const [isTaken, isComplete] = response.tryEnd(rest, body.length)
      if (isComplete) {
        this.#isResponding = false
        taken()
      }
      return isTaken
    }
    response.cork(() => {
      writeHead(response, head)
      goOn()
    })
    if (this.#isResponding) response.onWritable(goOn)
  }

  stream(head: HttpHead, drained: () => void): HttpStream {
    const response = this.#response
    this.#readOn()
    response.cork(() => {
      writeHead(response, head)
      // Old releases send the head with the first piece of the body.
      response.beginWrite?.()
    })
    this.#stream = new UwsStream(response, drained, () => {
      this.#isOver = true
    })
    return this.#stream
  }

  onGone(listener: () => void): void {
    this.#gone = listener
  }

  #arrived(chunk: ArrayBuffer, isLast: boolean): void {
    this.#hasEnded = isLast
    if (this.#isOver) return
    if (this.#reader !== undefined) {
      this.#reader.chunk(chunk)
      if (isLast) this.#reader.end()
      return
    }
    if (chunk.byteLength === 0) return
    // The engine takes its memory back.
    this.#early.push(new Uint8Array(chunk.slice(0)))
    this.#earlySize += chunk.byteLength
    if (this.#earlySize <= EARLY_LIMIT || isLast) return
    this.#isPaused = true
    this.#response.pause()
  }

  #readOn(): void {
    if (!this.#isPaused || this.#isOver) return
    this.#isPaused = false
    this.#response.resume()
  }
}

/** How much the engine is given at once. What it joins has room for as much. */
const PIECE = 16 * 1024 - 16

/**
 * The engine disconnects a client 10 s after a write that the network did not take at once, even where it has taken the
 * next one. Its time starts anew when reading is resumed. So reading is paused and resumed that often, in milliseconds:
 * core decides about slow clients.
 */
const REMINDER = 4_000
const streams = new Set<UwsStream>()
let reminder: ReturnType<typeof setInterval> | undefined

function remindWhileOpen(stream: UwsStream): void {
  streams.add(stream)
  reminder ??= setInterval(() => {
    for (const one of streams) one.goOn()
  }, REMINDER).unref()
}

function forget(stream: UwsStream): void {
  streams.delete(stream)
  if (streams.size > 0) return
  clearInterval(reminder)
  reminder = undefined
}

/**
 * The body of an answer that goes on. The engine says of a write only whether all of it was taken, so that all behind
 * the first piece which was not waits here.
 */
class UwsStream implements HttpStream {
  /** The answer is complete, or the client has gone. */
  isOver = false
  readonly #response: UwsResponse
  readonly #drained: () => void
  readonly #finished: () => void
  #queue: (string | Uint8Array)[] = []
  #queued = 0
  /** The piece of which the engine still has a part, in bytes. */
  #inEngine = 0
  /** What to call once the network has taken all, where the answer is to end then. */
  #taken: (() => void) | undefined

  /** @param finished called when the answer is complete */
  constructor(response: UwsResponse, drained: () => void, finished: () => void) {
    this.#response = response
    this.#drained = drained
    this.#finished = finished
    response.onWritable(() => {
      this.#writable()
      return true
    })
    remindWhileOpen(this)
  }

  get bufferedAmount(): number {
    return this.isOver ? 0 : this.#queued + this.#inEngine
  }

  get backlog(): number {
    return this.bufferedAmount
  }

  write(chunk: string | Bytes): SendResult {
    if (this.isOver || this.#taken !== undefined) return 'closed'
    // Mostly it is short, and taken as it is.
    if (this.#inEngine === 0 && typeof chunk === 'string' && 3 * chunk.length <= PIECE) {
      return this.#send(chunk.toWellFormed()) ? 'sent' : 'queued'
    }
    const bytes = bytesOf(typeof chunk === 'string' ? chunk.toWellFormed() : chunk)
    for (let start = 0; start < bytes.length; start += PIECE) {
      const piece = bytes.subarray(start, start + PIECE)
      if (this.#inEngine === 0) this.#send(piece)
      else {
        this.#queue.push(piece)
        this.#queued += piece.length
      }
    }
    return this.#inEngine === 0 ? 'sent' : 'queued'
  }

  end(taken: () => void = () => {}): void {
    if (this.isOver) return
    this.#taken = taken
    if (this.bufferedAmount === 0) this.#finish(taken)
  }

  terminate(): void {
    if (!this.isOver) this.#response.close()
  }

  // For the exchange.

  left(): void {
    this.isOver = true
    this.#queue = []
    forget(this)
  }

  /** Starts the engine's time anew. */
  goOn(): void {
    this.#response.pause()
    this.#response.resume()
  }

  /** Returns whether the engine has given all of it to the network. */
  #send(piece: string | Uint8Array): boolean {
    let isTaken = true
    // What the network does not take at the end of this is told by the next write.
    this.#response.cork(() => {
      isTaken = this.#response.write(piece)
    })
    if (isTaken) return true
    this.#inEngine = Buffer.byteLength(piece)
    return false
  }

  #writable(): void {
    const waited = this.#inEngine > 0
    this.#inEngine = 0
    // An empty one has the engine write what it holds, which it does not do by itself.
    if (this.#queue.length === 0) this.#response.cork(() => {})
    while (this.#queue.length > 0 && this.#inEngine === 0) {
      // There is one.
      const piece = this.#queue.shift() as Uint8Array
      this.#queued -= Buffer.byteLength(piece)
      this.#send(piece)
    }
    if (this.#inEngine > 0 || !waited) return
    if (this.#taken !== undefined) this.#finish(this.#taken)
    else this.#drained()
  }

  #finish(taken: () => void): void {
    this.left()
    this.#finished()
    this.#response.cork(() => {
      this.#response.end()
    })
    taken()
  }
}
