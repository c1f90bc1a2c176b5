import type { HubMethod } from '../definition/method-table.ts'
import type { Invocation, StreamItem } from '../protocol/record.ts'
import { CallQueue } from './call-queue.ts'
import { invoking } from './failure-text.ts'
import { type CallOwner, RunningCall } from './running-call.ts'
import type { Upload } from './upload.ts'
import { Uploads } from './uploads.ts'

/** How long a method whose stream was cancelled may go on, in milliseconds. */
const TIME_TO_STOP = 5_000

/** The connection whose client calls. */
export interface CallingOwner extends CallOwner {
  /** Whether no call may begin now. */
  readonly isHeld: boolean
  /** A call that has waited has begun. */
  begun(): void
  /** A call has ended. */
  callEnded(): void
  /** Items of a stream were taken that was full. */
  hasRoom(): void
  /** The client has sent what cannot be. */
  refuse(why: string): void
}

/** The calls of one client: those that wait, those that run, and the streams of both. */
export class ClientCalls {
  readonly queue: CallQueue
  readonly #owner: CallingOwner
  /** Calls that have begun and go on. Made when one does. */
  #running: RunningCall[] | undefined = undefined
  /** The streams that it has asked for, by their ids, from the call to the end. */
  #streams: Map<string, RunningCall> | undefined = undefined
  /** The streams that it sends. Made when the first one begins. */
  #uploads: Uploads | undefined = undefined
  /** How many streams the calls have that it sends, also those that it has ended. */
  #uploadCount = 0

  constructor(owner: CallingOwner) {
    const { maxParallelCalls, maxWaitingCalls } = owner.hub.limits
    this.#owner = owner
    this.queue = new CallQueue(owner, maxParallelCalls, maxWaitingCalls)
  }

  /** Whether so much waits that no more should be read. */
  get isFull(): boolean {
    return this.#uploads?.isFull === true || this.queue.isFull
  }

  /** Whether none waits or runs. */
  get isIdle(): boolean {
    return this.queue.isEmpty && (this.#running === undefined || this.#running.length === 0)
  }

  take(record: Invocation): void {
    const { id, target, kind, streamIds } = record
    const { methods, limits } = this.#owner.hub
    const method = methods.find(target)
    if (kind === 'invocation' && streamIds.length === 0) {
      this.queue.add(new RunningCall(this.#owner, record, method))
      return
    }
    const count = streamIds.length + (kind === 'invocation' ? 0 : 1)
    const { maxStreams, maxIdLength } = limits
    if ([id ?? '', ...streamIds].some(({ length }) => length > maxIdLength)) {
      this.#owner.refuse(`The id of a call or stream is too long (maxIdLength is ${maxIdLength}).`)
    } else if (kind === 'stream-invocation' && id !== undefined && this.#streams?.has(id)) {
      this.#fail(id, `Invocation ID '${id}' is already in use.`)
    } else if (this.#streamCount + count > maxStreams) {
      const why = `The connection has too many streams (maxStreams is ${maxStreams}). End one first.`
      this.#fail(id, `${invoking(method?.name ?? target)} HubException: ${why}`)
    } else {
      this.#takeStreams(record, method)
    }
  }

  takeItem(record: StreamItem): void {
    this.#uploads?.take(record)
  }

  /** The client has ended a stream that it sends. Returns whether there is one of this id. */
  endUpload(id: string, error: string | undefined): boolean {
    return this.#uploads?.end(id, error) === true
  }

  /** Nothing more can come of the streams that the client sends. */
  endUploads(): void {
    this.#uploads?.endAll()
  }

  /** The client does not want the answer any more. */
  cancel(id: string): void {
    const stream = this.#streams?.get(id)
    if (stream !== undefined) {
      stream.cancel()
      // One that waits for its turn ends by itself.
      if (this.#running?.includes(stream)) stream.endWithin(TIME_TO_STOP)
      return
    }
    // Few calls run at a time, so that none has to be found by its id otherwise.
    for (const call of this.#running ?? []) if (call.id === id) call.cancel()
    for (const call of this.queue.waiting) {
      if (call instanceof RunningCall && call.id === id) call.cancel()
    }
  }

  cancelStreams(): void {
    for (const call of [...(this.#streams?.values() ?? [])]) call.cancel()
  }

  /** The connection has ended. */
  end(): void {
    this.queue.drop()
    for (const call of [...(this.#running ?? [])]) call.cancel()
    this.endUploads()
  }

  // For the calls.

  goesOn(call: RunningCall): void {
    this.#running ??= []
    if (!this.#running.includes(call)) this.#running.push(call)
  }

  ended(call: RunningCall): void {
    const place = this.#running?.indexOf(call) ?? -1
    if (place >= 0) this.#running?.splice(place, 1)
    if (call.isStream && call.id !== undefined) this.#streams?.delete(call.id)
    this.#uploadCount -= call.uploads
    this.#owner.callEnded()
  }

  get #streamCount(): number {
    return (this.#streams?.size ?? 0) + this.#uploadCount
  }

  #fail(id: string | undefined, text: string): void {
    if (id !== undefined) this.#owner.write(this.#owner.encoding.failure(id, text))
  }

  #takeStreams(record: Invocation, method: HubMethod | undefined): void {
    const call = new RunningCall(this.#owner, record, method, this.#uploadsOf(record, method))
    if (call.isStream && record.id !== undefined) {
      this.#streams ??= new Map()
      this.#streams.set(record.id, call)
    }
    this.#uploadCount += call.uploads
    this.queue.add(call)
  }

  #uploadsOf({ streamIds }: Invocation, method: HubMethod | undefined): readonly Upload[] {
    // The call fails if there are more or fewer than the method takes.
    if (method === undefined || method.streams !== streamIds.length) return []
    const { limits, detailedErrors } = this.#owner.hub
    this.#uploads ??= new Uploads(limits.maxUploadItems, detailedErrors, () =>
      this.#owner.hasRoom(),
    )
    return this.#uploads.begin(streamIds, method)
  }
}
