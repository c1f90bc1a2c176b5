import type { Address, CarrierListener } from './carrier.ts'
import { RawRequest } from './raw-request.ts'

/** What a client sends by POST, each when the one before it was answered. */
export class Posts {
  readonly #address: Address
  readonly #listener: CarrierListener
  readonly #waiting: (string | Buffer)[] = []
  #current: RawRequest | undefined
  #isOver = false

  constructor(address: Address, listener: CarrierListener) {
    this.#address = address
    this.#listener = listener
  }

  send(data: string | Buffer): void {
    this.#waiting.push(data)
    if (this.#current === undefined) void this.#sendAll()
  }

  /** Sends no more, and waits for no answer. */
  end(): void {
    this.#isOver = true
    this.#current?.abandon()
  }

  async #sendAll(): Promise<void> {
    const { origin, target, headers } = this.#address
    while (!this.#isOver) {
      const data = this.#waiting.shift()
      if (data === undefined) break
      const type =
        typeof data === 'string' ? 'text/plain;charset=UTF-8' : 'application/octet-stream'
      const fields = { ...headers, 'content-type': type }
      this.#current = new RawRequest(origin, 'POST', target, fields, data)
      const answer = await this.#current.answer()
      if (answer?.status === 200 || this.#isOver) continue
      this.#listener.note(`POST = ${answer?.status ?? 'no answer'} ${answer?.body ?? ''}`.trim())
    }
    this.#current = undefined
  }
}
