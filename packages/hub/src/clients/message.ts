import { bytesOf } from '@wirebeat/core/extension'
import type { Encoded, HubEncoding } from '../protocol/encoding.ts'

/** A call of client methods, which is written in the encodings that are needed. */
export class Message {
  readonly #encodings: readonly HubEncoding[]
  readonly #target: string
  readonly #args: readonly unknown[]
  readonly #id: string | undefined
  /** What was written for other servers, by the names of the encodings. */
  #bytes: Map<string, Uint8Array> | undefined

  /** @param id with which the client answers */
  constructor(
    encodings: readonly HubEncoding[],
    target: string,
    args: readonly unknown[],
    id?: string,
  ) {
    this.#encodings = encodings
    this.#target = target
    this.#args = args
    this.#id = id
  }

  /** For topics, which ask once for each encoding. */
  encode(name: string): Encoded {
    const encoding = this.#encodings.find((one) => one.name === name)
    if (encoding === undefined) {
      throw new TypeError(
        `The topics have the encoding ${name}, which other servers may want, and the hub has not. Give it both, or neither.`,
      )
    }
    return this.#write(encoding)
  }

  /**
   * Writes it for other servers, once in each encoding of the hub.
   *
   * @param names the encodings that are needed, or `undefined` for all
   */
  writeIn(names: ReadonlySet<string> | undefined): readonly Uint8Array[] {
    const needed = this.#encodings.filter(({ name }) => names?.has(name) !== false)
    this.#bytes ??= new Map()
    for (const encoding of needed) {
      if (!this.#bytes.has(encoding.name)) {
        this.#bytes.set(encoding.name, bytesOf(this.#write(encoding)))
      }
    }
    return [...this.#bytes.values()]
  }

  /** What was written before. `undefined` for an encoding that the hub does not have. */
  bytes(name: string): Uint8Array | undefined {
    return this.#bytes?.get(name)
  }

  #write(encoding: HubEncoding): Encoded {
    return encoding.invocation(this.#target, this.#args, this.#id)
  }
}
