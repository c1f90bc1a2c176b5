import type { Clock } from '@wirebeat/core'
import { Deferred, decodeText, encodeText, localBytes, show } from '@wirebeat/core/extension'
import { UnreadableError } from './byte-reader.ts'
import type { Answer, Question } from './envelope.ts'

/** Why another server has not answered. */
export type AskFailure = 'server-gone' | 'timeout' | 'failed' | 'unknown-operation' | 'down'

/** Another server has not answered. */
export class AskError extends Error {
  override readonly name = 'AskError'
  readonly reason: AskFailure

  constructor(reason: AskFailure, message: string) {
    super(message)
    this.reason = reason
  }
}

/** Answers what other servers ask. */
export type Answerer = (data: Uint8Array, server: string) => Uint8Array | PromiseLike<Uint8Array>

interface Pending {
  readonly run: string
  readonly operation: string
  readonly answer: Deferred<Uint8Array>
  readonly cancelTimeout: () => void
}

/** How many characters of what went wrong are told another server. */
const MAX_REASON = 500

/** Of how many servers the latest question is known. Those that were heard longest ago are forgotten first. */
const MAX_HEARD = 1_024

/** What this server asks others, and what it answers. */
export class Questions {
  readonly #clock: Clock
  readonly #maxData: () => number
  readonly #onUnreadable: (error: UnreadableError) => void
  readonly #answerers = new Map<string, Answerer>()
  readonly #pending = new Map<number, Pending>()
  /** The number of the latest question of each server, by its run. */
  readonly #heard = new Map<string, number>()
  #latest = 0
  // Figures.
  asked = 0
  answers = 0

  /** @param maxData how many bytes of data a question or an answer may have */
  constructor(clock: Clock, maxData: () => number, onUnreadable: (error: UnreadableError) => void) {
    this.#clock = clock
    this.#maxData = maxData
    this.#onUnreadable = onUnreadable
  }

  /** Returns the function that takes the answerer away again. */
  answerWith(operation: string, answerer: Answerer): () => void {
    if (this.#answerers.has(operation)) {
      throw new Error(`The operation ${show(operation)} has somebody who answers it already.`)
    }
    // A new function for each call, which is told from one that was taken away before.
    const own: Answerer = (data, server) => answerer(data, server)
    this.#answerers.set(operation, own)
    return () => {
      if (this.#answerers.get(operation) === own) this.#answerers.delete(operation)
    }
  }

  /**
   * @param send sends the question to the server `run`
   * @throws RangeError for data that the backplane does not take.
   */
  ask(
    run: string,
    { operation, data, timeout }: { operation: string; data: Uint8Array; timeout: number },
    send: (question: Question) => Promise<void>,
  ): Promise<Uint8Array> {
    this.#checkLength('question', data)
    this.asked++
    const id = ++this.#latest
    const answer = new Deferred<Uint8Array>()
    const cancelTimeout = this.#clock.schedule(() => {
      const text = `${show(operation)} was not answered within ${timeout} ms.`
      this.#fail(id, new AskError('timeout', text))
    }, timeout)
    this.#pending.set(id, { run, operation, answer, cancelTimeout })
    send({ kind: 'question', id, operation, data }).catch(() => {
      this.#fail(id, new AskError('down', `The backplane did not take ${show(operation)}.`))
    })
    return answer.promise
  }

  /**
   * Whether a question came before, or too late. The numbers of a server's questions rise, and they arrive in their order.
   */
  isStale(run: string, { id }: Question): boolean {
    const latest = this.#heard.get(run) ?? 0
    if (id <= latest) return true
    // Again at the end, where those are that were heard last.
    this.#heard.delete(run)
    this.#heard.set(run, id)
    if (this.#heard.size > MAX_HEARD) {
      for (const oldest of this.#heard.keys()) {
        this.#heard.delete(oldest)
        break
      }
    }
    return false
  }

  /** Another server has asked. Resolves with the answer. Never rejects. */
  async answer(server: string, { id, operation, data }: Question): Promise<Answer> {
    const answerer = this.#answerers.get(operation)
    if (answerer === undefined) {
      return { kind: 'answer', id, outcome: 'unknown-operation', data: new Uint8Array() }
    }
    this.answers++
    try {
      const answer = this.#checked(operation, await answerer(data, server))
      return { kind: 'answer', id, outcome: 'done', data: answer }
    } catch (error) {
      if (error instanceof UnreadableError) this.#onUnreadable(error)
      return failed(id, error instanceof Error ? error.message : String(error))
    }
  }

  /** What a server is told in the place of an answer that the backplane did not take. */
  unsent({ id, operation }: Question): Answer {
    return failed(id, `The backplane did not take the answer to ${show(operation)}.`)
  }

  /** Another server has answered. An answer that comes from another one than was asked is ignored. */
  answered(run: string, { id, outcome, data }: Answer): void {
    const pending = this.#pending.get(id)
    if (pending === undefined || pending.run !== run) return
    if (outcome !== 'done') {
      this.#fail(id, failure(outcome, pending.operation, data))
      return
    }
    this.#take(id)
    pending.answer.resolve(data)
  }

  /** A server is gone, and answers nothing any more. */
  gone(run: string): void {
    for (const [id, pending] of this.#pending) {
      if (pending.run === run) this.#fail(id, new AskError('server-gone', 'The server is gone.'))
    }
  }

  close(): void {
    for (const id of this.#pending.keys()) {
      this.#fail(id, new AskError('down', 'The topics were closed.'))
    }
  }

  #checked(operation: string, answer: unknown): Uint8Array {
    const data = localBytes(answer)
    if (data === undefined) {
      throw new TypeError(
        `The answer to ${show(operation)} must be a Uint8Array or an ArrayBuffer, got ${show(answer)}.`,
      )
    }
    this.#checkLength('answer', data)
    return data
  }

  #checkLength(what: 'question' | 'answer', { length }: Uint8Array): void {
    const most = this.#maxData()
    if (length <= most) return
    throw new RangeError(
      `The data of the ${what} must have at most ${show(most)} bytes, which is what the backplane takes, got ${show(length)}.`,
    )
  }

  #fail(id: number, error: AskError): void {
    this.#take(id)?.answer.reject(error)
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    pending?.cancelTimeout()
    return pending
  }
}

function failed(id: number, reason: string): Answer {
  return { kind: 'answer', id, outcome: 'failed', data: encodeText(reason.slice(0, MAX_REASON)) }
}

function failure(
  outcome: 'failed' | 'unknown-operation',
  operation: string,
  data: Uint8Array,
): AskError {
  if (outcome === 'failed') return new AskError('failed', decodeText(data))
  return new AskError(outcome, `The server does not know the operation ${show(operation)}.`)
}
