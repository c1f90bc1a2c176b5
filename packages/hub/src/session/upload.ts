import { Deferred } from '@wirebeat/core/extension'
import type { Issue, Schema } from '../definition/schema.ts'
import { HubError } from '../errors/hub-error.ts'

type Result = IteratorResult<unknown, undefined>

const END: Result = { done: true, value: undefined }

/**
 * What a method reads in the place of an item that does not fit, as clients know it.
 *
 * @param detail why it does not fit, where clients are told
 */
function notBound(detail: string | undefined): HubError {
  const text = 'Failed to bind Stream message.'
  return new HubError(detail === undefined ? text : `${text} InvalidDataException: ${detail}`)
}

/** Who holds a stream. */
export interface UploadOwner {
  /** More items wait than may. Nothing is read until `uploadTaken`. */
  uploadFull(): void
  uploadTaken(): void
  uploadEnded(upload: Upload): void
}

/** A stream that a client sends, as the method reads it. */
export class Upload implements AsyncIterableIterator<unknown, undefined> {
  readonly id: string
  readonly #owner: UploadOwner
  readonly #schema: Schema
  readonly #capacity: number
  readonly #detailed: boolean
  readonly #items: unknown[] = []
  readonly #readers: Deferred<Result>[] = []
  #isFull = false
  /** Nothing more comes. */
  #hasEnded = false
  /** Why reading fails, once the items are read. */
  #error: Error | undefined

  /**
   * @param capacity how many items may wait
   * @param detailed whether the client is told why an item does not fit
   */
  constructor(owner: UploadOwner, id: string, schema: Schema, capacity: number, detailed: boolean) {
    this.#owner = owner
    this.id = id
    this.#schema = schema
    this.#capacity = capacity
    this.#detailed = detailed
  }

  /** An item has come. */
  push(item: unknown): void {
    if (this.#hasEnded) return
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      this.#read(item).then(
        (result) => reader.resolve(result),
        (error: unknown) => reader.reject(error),
      )
      return
    }
    this.#items.push(item)
    if (this.#isFull || this.#items.length <= this.#capacity) return
    this.#isFull = true
    this.#owner.uploadFull()
  }

  /** An item has come that could not be read. */
  pushUnreadable(): void {
    this.end(notBound(undefined))
  }

  /** The client has ended the stream, or nothing more can come. */
  end(error?: Error): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#error = error
    this.#owner.uploadEnded(this)
    for (const reader of this.#readers.splice(0)) {
      if (error === undefined) reader.resolve(END)
      else reader.reject(error)
    }
  }

  /** Nobody reads it any more. */
  discard(): void {
    this.#items.length = 0
    this.#release()
    this.end()
  }

  next(): Promise<Result> {
    if (this.#items.length > 0) {
      const item = this.#items.shift()
      if (this.#items.length <= this.#capacity) this.#release()
      return this.#read(item)
    }
    if (this.#error !== undefined) return Promise.reject(this.#error)
    if (this.#hasEnded) return Promise.resolve(END)
    const reader = new Deferred<Result>()
    this.#readers.push(reader)
    return reader.promise
  }

  return(): Promise<Result> {
    this.discard()
    return Promise.resolve(END)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #release(): void {
    if (!this.#isFull) return
    this.#isFull = false
    this.#owner.uploadTaken()
  }

  async #read(item: unknown): Promise<Result> {
    const { value, issues } = (await this.#schema['~standard'].validate(item)) as {
      readonly value?: unknown
      readonly issues?: readonly Issue[]
    }
    if (issues === undefined) return { done: false, value }
    this.discard()
    this.#error = notBound(this.#detailed ? issues[0]?.message : undefined)
    throw this.#error
  }
}
