import type { Data } from '../src/message.ts'

/** What the server's end of a fake connection may tell. */
interface Told {
  readonly data?: unknown
  readonly code?: number | undefined
  readonly reason?: string
  readonly wasClean?: boolean
  readonly error?: unknown
  readonly message?: string | undefined
}

/** A WebSocket without a network, which writes down what is asked of it. */
export class FakeWebSocket {
  static made: FakeWebSocket[] = []
  static get last(): FakeWebSocket {
    const last = FakeWebSocket.made.at(-1)
    if (last === undefined) throw new Error('no WebSocket was made yet')
    return last
  }

  readonly url: string
  readonly protocols: unknown
  readyState = 0
  binaryType = 'none'
  protocol = ''
  extensions = ''
  bufferedAmount = 0
  readonly sent: Data[] = []
  readonly closes: (readonly [code?: number, reason?: string])[] = []
  readonly #listeners: { type: string; listener: (event: never) => void }[] = []

  constructor(url: string, protocols?: string | string[]) {
    if (url === 'wrong') throw new SyntaxError('wrong URL')
    this.url = url
    this.protocols = protocols
    FakeWebSocket.made.push(this)
  }

  send(data: Data): void {
    if (this.readyState === 0) throw new Error('sent too early')
    this.sent.push(data)
  }

  close(...args: readonly [code?: number, reason?: string]): void {
    this.closes.push(args)
    if (this.readyState < 2) this.readyState = 2
  }

  addEventListener(type: string, listener: unknown): void {
    // The client hands in functions.
    this.#listeners.push({ type, listener: listener as (event: never) => void })
  }

  // For the test.

  open(): this {
    this.readyState = 1
    return this.#tell('open')
  }

  receive(data: unknown): this {
    return this.#tell('message', { data })
  }

  end(code = 1006, { reason = '', wasClean = code !== 1006, error }: Told = {}): this {
    this.readyState = 3
    if (!wasClean) this.fail(error)
    return this.#tell('close', { code, reason, wasClean })
  }

  /** An error event alone. */
  fail(error?: unknown, message?: string): this {
    return this.#tell('error', { error, message })
  }

  /** A close event with these members alone. */
  endWith(told: Told): this {
    this.readyState = 3
    return this.#tell('close', told)
  }

  #tell(type: string, told: Told = {}): this {
    // The listeners take what they need of it.
    for (const one of this.#listeners) if (one.type === type) one.listener(told as never)
    return this
  }
}

/** One that can be ended without a closing handshake. */
export class TerminableWebSocket extends FakeWebSocket {
  static readonly terminated: FakeWebSocket[] = []

  terminate(): void {
    TerminableWebSocket.terminated.push(this)
    this.readyState = 3
  }
}
