import type { Clock } from '@wirebeat/core'
import {
  type CancellationSignal,
  checkInteger,
  checkNames,
  checkObject,
  Deferred,
  isThenable,
  MAX_TIMER,
  wrongValue,
} from '@wirebeat/core/extension'
import type { InvokeOptions } from '../definition/clients.ts'
import { isSchema, type Schema } from '../definition/schema.ts'
import { ClientResultError } from '../errors/client-result-error.ts'
import { HubError } from '../errors/hub-error.ts'
import type { Completion } from '../protocol/record.ts'
import type { Recipient } from './recipient.ts'

/** A signal, with the members that the types of some programs do not have. */
interface AbortTarget {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** A client was asked, and has not answered yet. */
class PendingAnswer {
  readonly recipient: Recipient
  readonly answer = new Deferred<unknown>()
  readonly schema: Schema | undefined
  /** Called when the wait ends. */
  release: () => void = () => {}

  constructor(recipient: Recipient, schema: Schema | undefined) {
    this.recipient = recipient
    this.schema = schema
  }
}

/** The answers of clients that are waited for. */
export class PendingAnswers {
  readonly #clock: Clock
  readonly #pending = new Map<string, PendingAnswer>()
  readonly #ofRecipient = new Map<Recipient, Set<string>>()
  #number = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Calls a method of a client. The promise rejects when there will be no answer.
   *
   * @throws SerializationError
   */
  ask(
    recipient: Recipient,
    target: string,
    args: readonly unknown[],
    { timeout, signal, answer: schema }: InvokeOptions,
  ): Promise<unknown> {
    const abort = signal as AbortTarget | undefined
    if (abort?.aborted === true) return Promise.reject(abort.reason)
    const id = `s${++this.#number}`
    const encoded = recipient.encoding.invocation(target, args, id)
    const pending = new PendingAnswer(recipient, schema)
    this.#add(id, pending)
    const cancel = this.#clock.schedule(() => this.#giveUp(id, target, timeout), timeout)
    const aborted = (): void => this.#take(id)?.answer.reject(abort?.reason)
    abort?.addEventListener('abort', aborted)
    pending.release = () => {
      cancel()
      abort?.removeEventListener('abort', aborted)
    }
    if (recipient.write(encoded) === 'closed') this.#take(id)?.answer.reject(gone(recipient))
    return pending.answer.promise
  }

  /**
   * Hands an answer over to who waits for it.
   *
   * @returns `false` when another client was asked.
   */
  answer(recipient: Recipient, completion: Completion): boolean {
    const pending = this.#pending.get(completion.id)
    if (pending === undefined) return true
    if (pending.recipient !== recipient) return false
    this.#take(completion.id)
    const { error, hasResult, result } = completion
    if (error !== undefined) pending.answer.reject(new HubError(error))
    else if (!hasResult) pending.answer.reject(new HubError(NO_RESULT))
    else if (pending.schema === undefined) pending.answer.resolve(result)
    else settle(pending.answer, pending.schema, result)
    return true
  }

  /** The connection has ended. */
  left(recipient: Recipient): void {
    const ids = this.#ofRecipient.get(recipient)
    if (ids === undefined) return
    for (const id of [...ids]) this.#take(id)?.answer.reject(gone(recipient))
  }

  #giveUp(id: string, target: string, timeout: number): void {
    const message = `The client has not answered ${target} within ${timeout} ms.`
    this.#take(id)?.answer.reject(new ClientResultError('timeout', message))
  }

  #add(id: string, pending: PendingAnswer): void {
    this.#pending.set(id, pending)
    const ids = this.#ofRecipient.get(pending.recipient) ?? new Set()
    this.#ofRecipient.set(pending.recipient, ids.add(id))
  }

  #take(id: string): PendingAnswer | undefined {
    const pending = this.#pending.get(id)
    if (pending === undefined) return undefined
    this.#pending.delete(id)
    const ids = this.#ofRecipient.get(pending.recipient)
    ids?.delete(id)
    if (ids?.size === 0) this.#ofRecipient.delete(pending.recipient)
    pending.release()
    return pending
  }
}

const NO_RESULT = 'The client has answered without a result.'

/** The error of a client that is not there. */
export function unknownConnection(id: string): ClientResultError {
  return new ClientResultError('gone', `Connection '${id}' does not exist.`)
}

function gone({ connection }: Recipient): ClientResultError {
  return new ClientResultError('gone', `Connection '${connection.id}' disconnected.`)
}

/** Checks an answer, and settles the promise of it. */
function settle(answer: Deferred<unknown>, schema: Schema, result: unknown): void {
  const checked = async (): Promise<void> => {
    const validated = schema['~standard'].validate(result)
    const { value, issues } = {
      issues: undefined,
      value: undefined,
      ...(isThenable(validated) ? await validated : validated),
    } as {
      readonly value: unknown
      readonly issues: readonly { readonly message: string }[] | undefined
    }
    if (issues === undefined) answer.resolve(value)
    else
      answer.reject(new HubError(`The client's answer does not fit. ${issues[0]?.message ?? ''}`))
  }
  checked().catch((error: unknown) => answer.reject(error))
}

/** @throws OptionError for an option that is wrong or unknown. */
export function checkInvokeOptions(options: InvokeOptions): void {
  checkObject('The second argument of invoke', options)
  checkNames(options, ['timeout', 'signal', 'answer'])
  checkInteger('timeout', options.timeout, 1, MAX_TIMER, 'milliseconds')
  const { signal, answer } = options
  if (signal !== undefined && !isSignal(signal))
    throw wrongValue('signal', signal, 'an AbortSignal')
  if (answer !== undefined && !isSchema(answer)) {
    throw wrongValue('answer', answer, 'a Standard Schema')
  }
}

function isSignal(value: CancellationSignal): boolean {
  return typeof value === 'object' && value !== null && 'addEventListener' in value
}
