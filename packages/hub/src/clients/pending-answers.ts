import type { Clock } from '@wirebeat/core'
import {
  type CancellationSignal,
  checkInteger,
  checkNames,
  checkObject,
  isThenable,
  MAX_TIMER,
  wrongValue,
} from '@wirebeat/core/extension'
import type { InvokeOptions } from '../definition/clients.ts'
import { isSchema, type Schema } from '../definition/schema.ts'
import { ClientResultError } from '../errors/client-result-error.ts'
import { HubError } from '../errors/hub-error.ts'
import type { Encoded } from '../protocol/encoding.ts'
import type { Completion } from '../protocol/record.ts'
import type { Answers, Recipient } from './recipient.ts'
import { isAborted, reasonOf, Wait, type WaitOptions } from './wait.ts'

/** A client was asked, and has not answered yet. */
interface PendingAnswer {
  readonly recipient: Recipient
  readonly wait: Wait<Completion>
}

/** The implementation of answers. */
export class PendingAnswers implements Answers {
  readonly #clock: Clock
  readonly #pending = new Map<string, PendingAnswer>()
  readonly #ofRecipient = new Map<Recipient, Set<string>>()
  #number = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  ask(
    recipient: Recipient,
    target: string,
    args: readonly unknown[],
    options: InvokeOptions,
  ): Promise<unknown> {
    if (isAborted(options)) return Promise.reject(reasonOf(options))
    const id = `s${++this.#number}`
    const record = recipient.encoding.invocation(target, args, id)
    return this.forward(recipient, id, record, target, options).then((completion) =>
      checkedAnswer(completion, options.answer),
    )
  }

  forward(
    recipient: Recipient,
    id: string,
    record: Encoded,
    target: string,
    options: WaitOptions,
  ): Promise<Completion> {
    const wait = new Wait<Completion>(
      this.#clock,
      options,
      () => unanswered(target, options.timeout),
      () => this.#remove(id, recipient),
    )
    this.#add(id, { recipient, wait })
    if (recipient.write(record) === 'closed') wait.reject(gone(recipient.connection.id))
    return wait.promise
  }

  cancel(id: string): void {
    this.#pending.get(id)?.wait.reject(new ClientResultError('timeout', 'Nobody waits for it.'))
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
    pending.wait.resolve(completion)
    return true
  }

  /** The connection has ended. */
  left(recipient: Recipient): void {
    const ids = this.#ofRecipient.get(recipient)
    if (ids === undefined) return
    for (const id of [...ids]) this.#pending.get(id)?.wait.reject(gone(recipient.connection.id))
  }

  #add(id: string, pending: PendingAnswer): void {
    this.#pending.set(id, pending)
    const ids = this.#ofRecipient.get(pending.recipient) ?? new Set()
    this.#ofRecipient.set(pending.recipient, ids.add(id))
  }

  #remove(id: string, recipient: Recipient): void {
    this.#pending.delete(id)
    const ids = this.#ofRecipient.get(recipient)
    ids?.delete(id)
    if (ids?.size === 0) this.#ofRecipient.delete(recipient)
  }
}

/** What a client has answered, checked. Rejects with a HubError when it has failed or does not fit. */
export async function checkedAnswer(
  { error, hasResult, result }: Completion,
  schema: Schema | undefined,
): Promise<unknown> {
  if (error !== undefined) throw new HubError(error)
  if (!hasResult) throw new HubError(NO_RESULT)
  if (schema === undefined) return result
  const validated = schema['~standard'].validate(result)
  const { value, issues } = {
    issues: undefined,
    value: undefined,
    ...(isThenable(validated) ? await validated : validated),
  } as {
    readonly value: unknown
    readonly issues: readonly { readonly message: string }[] | undefined
  }
  if (issues === undefined) return value
  throw new HubError(`The client's answer does not fit. ${issues[0]?.message ?? ''}`)
}

const NO_RESULT = 'The client has answered without a result.'

/** The error of a client that is not there. */
export function unknownConnection(id: string): ClientResultError {
  return new ClientResultError('gone', `Connection '${id}' does not exist.`)
}

/** The error of a client that has gone while it was asked. */
export function gone(id: string): ClientResultError {
  return new ClientResultError('gone', `Connection '${id}' disconnected.`)
}

/** The error when the time of the answer is up. */
export function unanswered(target: string, timeout: number): ClientResultError {
  const message = `The client has not answered ${target} within ${timeout} ms.`
  return new ClientResultError('timeout', message)
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
