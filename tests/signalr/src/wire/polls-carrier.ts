import { type Address, type Carrier, type CarrierListener, refusal } from './carrier.ts'
import { Changes } from './changes.ts'
import { Posts } from './posts.ts'
import { ask, RawRequest } from './raw-request.ts'

/** Milliseconds: longer than any conversation. */
const FOREVER = 600_000

/** Opens long polling. */
export async function openPolls(
  address: Address,
  listener: CarrierListener,
): Promise<Carrier | string> {
  const { origin, target, headers } = address
  const first = await ask(origin, 'GET', target, headers, '')
  if (first === undefined) return 'failed: no answer'
  if (first.status !== 200) {
    return refusal(first.status, first.headers['content-type'], first.body.toString())
  }
  const polls = new Polls(address, listener)
  void polls.read()
  return polls
}

class Polls implements Carrier {
  readonly #address: Address
  readonly #listener: CarrierListener
  readonly #posts: Posts
  readonly #changes = new Changes()
  #current: RawRequest | undefined
  #isPaused = false
  #isCut = false

  constructor(address: Address, listener: CarrierListener) {
    this.#address = address
    this.#listener = listener
    this.#posts = new Posts(address, listener)
  }

  send(data: string | Buffer): void {
    this.#posts.send(data)
  }

  /** Conversations send DELETE themselves. */
  close(): void {
    this.cut()
  }

  cut(): void {
    this.#isCut = true
    this.#posts.end()
    this.#current?.abandon()
    this.#changes.tell()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#changes.tell()
  }

  /** Polls until there is an end. */
  async read(): Promise<void> {
    const { origin, target, headers, encoding } = this.#address
    while (true) {
      await this.#changes.until(() => !this.#isPaused || this.#isCut, FOREVER)
      if (this.#isCut) return this.#end('cut')
      this.#current = new RawRequest(origin, 'GET', target, headers, '')
      const answer = await this.#current.answer(FOREVER)
      if (answer === undefined) return this.#end('cut')
      const { status, body } = answer
      if (status !== 200) return this.#end(`end ${status} ${body}`.trim())
      if (body.length > 0) this.#listener.message(body, encoding === 'messagepack')
    }
  }

  #end(text: string): void {
    this.#posts.end()
    this.#listener.ended(text)
  }
}
