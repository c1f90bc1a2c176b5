import type { HubMethod } from '../definition/method-table.ts'
import { StreamOf } from '../definition/parameter.ts'
import { HubError } from '../errors/hub-error.ts'
import type { StreamItem } from '../protocol/record.ts'
import { Upload, type UploadOwner } from './upload.ts'

/** The streams that one client sends, by their ids. */
export class Uploads implements UploadOwner {
  readonly #uploads = new Map<string, Upload>()
  readonly #maxItems: number
  readonly #detailed: boolean
  readonly #onRoom: () => void
  /** How many of them hold more items than may wait. */
  #full = 0

  /**
   * @param detailed whether the client is told why an item does not fit
   * @param onRoom called when items of a stream were read that was full
   */
  constructor(maxItems: number, detailed: boolean, onRoom: () => void) {
    this.#maxItems = maxItems
    this.#detailed = detailed
    this.#onRoom = onRoom
  }

  /** Whether more items wait than may. */
  get isFull(): boolean {
    return this.#full > 0
  }

  /** Begins the streams of a call, as many as the method takes. */
  begin(streamIds: readonly string[], method: HubMethod): readonly Upload[] {
    const begun: Upload[] = []
    for (const parameter of method.parameters) {
      const id = streamIds[begun.length]
      if (!(parameter instanceof StreamOf) || id === undefined) continue
      const upload = new Upload(this, id, parameter.item, this.#maxItems, this.#detailed)
      this.#uploads.get(id)?.end(new HubError(`The stream '${id}' belongs to a later call.`))
      this.#uploads.set(id, upload)
      begun.push(upload)
    }
    return begun
  }

  /** An item has come. That of a stream which there is not is dropped. */
  take({ id, isReadable, item }: StreamItem): void {
    const upload = this.#uploads.get(id)
    if (isReadable) upload?.push(item)
    else upload?.pushUnreadable()
  }

  /** The client has ended a stream. Returns whether there is one of this id. */
  end(id: string, error: string | undefined): boolean {
    const upload = this.#uploads.get(id)
    upload?.end(error === undefined ? undefined : new HubError(error))
    return upload !== undefined
  }

  /** Nothing more can come. */
  endAll(): void {
    for (const upload of [...this.#uploads.values()]) upload.end(new HubError(GONE))
  }

  // For the streams.

  uploadFull(): void {
    this.#full++
  }

  uploadTaken(): void {
    this.#full--
    this.#onRoom()
  }

  uploadEnded(upload: Upload): void {
    if (this.#uploads.get(upload.id) === upload) this.#uploads.delete(upload.id)
  }
}

const GONE = 'The connection of the stream has ended.'
