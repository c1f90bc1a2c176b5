import { Cancellation, type CancellationSignal, isThenable } from '@wirebeat/core/extension'
import type { FilteredCall } from '../definition/call.ts'
import type { HubMethod } from '../definition/method-table.ts'
import { HubError } from '../errors/hub-error.ts'
import { RefusedCallError } from '../errors/refused-call-error.ts'
import type { Encoded } from '../protocol/encoding.ts'
import type { Invocation } from '../protocol/record.ts'
import { bind, unreadable } from './binding.ts'
import type { CallQueue, QueuedCall } from './call-queue.ts'
import { type CallerOwner, ConnectionCaller } from './connection-caller.ts'
import { callFailure, invoking, refused, streamFailure } from './failure-text.ts'
import { end, iteratorOf, StreamOut, type StreamTarget } from './stream-out.ts'
import type { Upload } from './upload.ts'

/** The connection of a call. */
export interface CallOwner extends CallerOwner, StreamTarget {
  readonly calls: {
    readonly queue: CallQueue
    /** The call goes on after it has begun. */
    goesOn(call: RunningCall): void
    ended(call: RunningCall): void
  }
}

const NO_UPLOADS: readonly Upload[] = []

/** One call of a client, from its record to its answer. There is one for each, so it holds little. */
export class RunningCall
  extends ConnectionCaller<CallOwner>
  implements FilteredCall<unknown, unknown>, QueuedCall
{
  readonly #record: Invocation
  readonly #target: HubMethod | undefined
  readonly #uploads: readonly Upload[]
  #cancellation: Cancellation | undefined = undefined
  #stream: StreamOut | undefined = undefined
  #hasSlot = false
  /** For how many answers of clients it waits. */
  #waits = 0
  #isCancelled = false
  #isOver = false
  /** Cancels the time that its method has to end. */
  #cancelEnd: (() => void) | undefined = undefined

  /** @param target `undefined` when there is no such method */
  constructor(
    owner: CallOwner,
    record: Invocation,
    target: HubMethod | undefined,
    uploads: readonly Upload[] = NO_UPLOADS,
  ) {
    super(owner)
    this.#record = record
    this.#target = target
    this.#uploads = uploads
  }

  // For the application.

  get signal(): CancellationSignal {
    if (this.#cancellation === undefined) {
      this.#cancellation = new Cancellation((error) => this.#report(error))
      if (this.#isCancelled) this.#cancellation.cancel()
    }
    return this.#cancellation.signal
  }

  get method(): string {
    return this.#target?.name ?? this.#record.target
  }

  get args(): readonly unknown[] {
    return this.#record.args ?? []
  }

  // For its connection.

  get id(): string | undefined {
    return this.#record.id
  }

  get isStream(): boolean {
    return this.#record.kind === 'stream-invocation'
  }

  /** How many streams of the client it has. */
  get uploads(): number {
    return this.#uploads.length
  }

  /** Only what streams counts for `maxStreams` instead. A call of the wrong kind does not. */
  get takesSlot(): boolean {
    return this.#uploads.length === 0 && !(this.isStream && this.#target?.isGenerator === true)
  }

  start(): void {
    this.#hasSlot = this.takesSlot
    if (this.#isCancelled && this.isStream) {
      this.#finish(undefined)
      return
    }
    let outcome: unknown
    try {
      outcome = this.owner.hub.filters.length === 0 ? this.#invoke() : this.#filter(0)
      if (isThenable(outcome)) {
        this.#await(outcome)
        return
      }
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#succeed(outcome)
  }

  /** The client does not want it any more, or is gone. */
  cancel(): void {
    this.#isCancelled = true
    this.#cancellation?.cancel()
    this.#stream?.stop()
  }

  /**
   * Takes a stream for ended that was cancelled, when its method goes on for longer than that. It has not listened to its
   * signal, and may never end.
   *
   * @param time milliseconds
   */
  endWithin(time: number): void {
    this.#cancelEnd ??= this.owner.hub.clock.schedule(() => {
      this.#report(new Error(wentOn(this.method, time)))
      this.#finish(undefined)
    }, time)
  }

  /** Gives the slot back until the answer of a client is there. Several answers may be waited for at a time. */
  override async wait(answer: Promise<unknown>): Promise<unknown> {
    if (!this.takesSlot || this.#isOver) return answer
    this.#waits++
    this.#releaseSlot()
    try {
      return await answer
    } finally {
      if (--this.#waits === 0 && !this.#isOver) await this.#retakeSlot()
    }
  }

  #filter(place: number): unknown {
    const filter = this.owner.hub.filters[place]
    if (filter === undefined) return this.#invoke()
    return filter(this, () => {
      const outcome = this.#next(place + 1)
      // The filter may await it later, or throw before it does.
      outcome.catch(() => {})
      return outcome
    })
  }

  async #next(place: number): Promise<unknown> {
    return this.#filter(place)
  }

  #invoke(): unknown {
    const target = this.#target
    if (target === undefined) throw unknownMethod(this.#record.target)
    const { args } = this.#record
    const { detailedErrors } = this.owner.hub
    if (args === undefined) throw unreadable(target, detailedErrors)
    const bound = bind(target, this, args, this.#uploads, detailedErrors)
    return isThenable(bound)
      ? bound.then((later) => this.#call(target, later))
      : this.#call(target, bound)
  }

  #call(target: HubMethod, args: readonly unknown[]): unknown {
    if (target.isGenerator && !this.isStream) throw notAStream(target.name)
    const sent = this.#record.streamIds.length
    if (sent !== target.streams) throw wrongStreams(target, sent)
    return target.handler(...args)
  }

  async #await(outcome: PromiseLike<unknown>): Promise<void> {
    this.owner.calls.goesOn(this)
    let result: unknown
    try {
      result = await outcome
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#succeed(result)
  }

  #succeed(result: unknown): void {
    let iterator: Iterator<unknown> | AsyncIterator<unknown> | undefined
    try {
      iterator = iteratorOf(result, this.#target?.isGenerator === true)
    } catch (error) {
      this.#fail(error)
      return
    }
    if (this.isStream) {
      if (iterator === undefined) this.#fail(onlyAStream(this.method))
      else this.#streamOut(iterator)
    } else if (iterator === undefined) {
      this.#answer(result)
    } else {
      end(iterator)
      this.#fail(notAStream(this.method))
    }
  }

  #answer(result: unknown): void {
    const { id } = this.#record
    const { connection, encoding } = this.owner
    if (id === undefined || !connection.isOpen) {
      this.#finish(undefined)
      return
    }
    let encoded: Encoded
    try {
      encoded = encoding.result(id, result)
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#finish(encoded)
  }

  #streamOut(iterator: Iterator<unknown> | AsyncIterator<unknown>): void {
    this.#releaseSlot()
    // A stream always has an id.
    this.#stream = new StreamOut(this.owner, this.#record.id ?? '', iterator)
    if (this.#isCancelled) this.#stream.stop()
    else this.owner.calls.goesOn(this)
    this.#stream.run().then(
      () => this.#finish(undefined),
      (error: unknown) => this.#failStream(error),
    )
  }

  #fail(error: unknown): void {
    this.#reportUnexpected(error)
    const { id } = this.#record
    const { hub, encoding } = this.owner
    if (id === undefined || (this.#isCancelled && this.isStream)) this.#finish(undefined)
    else this.#finish(encoding.failure(id, callFailure(this.method, error, hub.detailedErrors)))
  }

  #failStream(error: unknown): void {
    // It is the item that may be wrong, while the method waits to go on.
    this.#stream?.stop()
    // One that was cancelled may end in any way.
    if (this.#isCancelled) {
      this.#finish(undefined)
      return
    }
    this.#reportUnexpected(error)
    const { hub, encoding } = this.owner
    const text = streamFailure(error, hub.detailedErrors)
    this.#finish(encoding.failure(this.#record.id ?? '', text))
  }

  /** @param answer `undefined` where there is none, or a stream ends as it should */
  #finish(answer: Encoded | undefined): void {
    if (this.#isOver) return
    const { id } = this.#record
    this.#isOver = true
    this.#cancelEnd?.()
    if (answer !== undefined) this.owner.write(answer)
    else if (this.isStream && id !== undefined) this.owner.write(this.owner.encoding.streamEnd(id))
    for (const upload of this.#uploads) upload.discard()
    this.owner.calls.ended(this)
    this.#releaseSlot()
  }

  #releaseSlot(): void {
    if (!this.#hasSlot) return
    this.#hasSlot = false
    this.owner.calls.queue.release()
  }

  async #retakeSlot(): Promise<void> {
    await this.owner.calls.queue.retake()
    // Meanwhile it may have ended, or wait for another answer.
    if (this.#isOver || this.#waits > 0 || this.#hasSlot) this.owner.calls.queue.release()
    else this.#hasSlot = true
  }

  #reportUnexpected(error: unknown): void {
    if (!(error instanceof HubError || error instanceof RefusedCallError)) this.#report(error)
  }

  #report(error: unknown): void {
    this.owner.hub.report(error, { connection: this.owner.connection, in: this.method })
  }
}

function wentOn(name: string, time: number): string {
  return `The stream ${name} went on for ${time} ms after its client had cancelled it. Its method should end when call.signal is aborted.`
}

function unknownMethod(name: string): RefusedCallError {
  const message = 'Method does not exist.'
  return new RefusedCallError(
    'unknown-method',
    `${refused(name)} HubException: ${message}`,
    message,
  )
}

function notAStream(name: string): RefusedCallError {
  return wrongKind(
    `The client attempted to invoke the streaming '${name}' method with a non-streaming invocation.`,
  )
}

function onlyAStream(name: string): RefusedCallError {
  return wrongKind(
    `The client attempted to invoke the non-streaming '${name}' method with a streaming invocation.`,
  )
}

function wrongKind(text: string): RefusedCallError {
  return new RefusedCallError('kind', text, text)
}

function wrongStreams({ name, streams }: HubMethod, sent: number): RefusedCallError {
  const message = `Client sent ${sent} stream(s), Hub method expects ${streams}.`
  return new RefusedCallError('streams', `${invoking(name)} HubException: ${message}`, message)
}
