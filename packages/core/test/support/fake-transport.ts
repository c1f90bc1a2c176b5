import type { MessageType } from '../../src/connection/message.ts'
import type { Prepared } from '../../src/connection/prepared.ts'
import type {
  SendResult,
  Transport,
  TransportCloseCause,
  TransportListener,
  TurnWaiter,
} from '../../src/connection/transport.ts'
import type { Bytes } from '../../src/runtime/bytes.ts'

type Call =
  | { readonly name: 'send'; readonly data: string | Bytes; readonly type: MessageType }
  | { readonly name: 'sendPrepared'; readonly message: Prepared }
  | { readonly name: 'close'; readonly code: number; readonly reason: string }
  | { readonly name: 'flush' | 'ping' | 'terminate' | 'pause' | 'resume' | 'holdTurn' }

export interface FakeTransportOptions {
  /** What the engine cannot do. */
  readonly lacks?: readonly ('ping' | 'terminate' | 'pause')[]
  /** Whether the engine can stop within what it has read. Default: `false`. */
  readonly canHold?: boolean
  /** Whether the engine hands over texts as strings. */
  readonly hasStrings?: boolean
  /**
   * When the engine tells of the end: `'later'`, on its own account; `'at once'`, from within the
   * very call of `close` or `terminate`.
   */
  readonly ends?: 'later' | 'at once'
  /** Whether it sends prepared messages by itself; by default it does not know them. */
  readonly takesPrepared?: boolean
  /** How many may wait for the end of a turn; by default the transport knows of no turns. */
  readonly waiters?: number
}

/** A transport without a network. It writes down what core asks of it, and whether it may. */
export class FakeTransport implements Transport {
  readonly calls: Call[] = []
  /** Calls that core must not make any more. */
  readonly forbiddenCalls: string[] = []
  /** What becomes of the next messages. */
  result: SendResult = 'sent'
  isPaused = false
  #bufferedAmount = 0
  #backlog = 0
  #state: 'open' | 'closing' | 'over' = 'open'
  #listener: TransportListener | undefined
  readonly #ends: 'later' | 'at once'
  readonly #waiters: TurnWaiter[] = []
  readonly #hasStrings: boolean
  readonly awaitTurnEnd?: (waiter: TurnWaiter) => boolean
  readonly sendPrepared?: (message: Prepared) => SendResult
  readonly holdTurn?: () => boolean
  readonly ping?: () => void
  readonly terminate?: () => void
  readonly pause?: () => void
  readonly resume?: () => void

  constructor({
    lacks = [],
    canHold = false,
    hasStrings = false,
    ends = 'later',
    takesPrepared = false,
    waiters,
  }: FakeTransportOptions = {}) {
    this.#ends = ends
    this.#hasStrings = hasStrings
    if (!lacks.includes('ping')) this.ping = () => this.#note({ name: 'ping' })
    if (!lacks.includes('terminate')) this.terminate = () => this.#terminate()
    if (!lacks.includes('pause')) {
      this.pause = () => this.#turnReading('pause')
      this.resume = () => this.#turnReading('resume')
    }
    if (canHold) {
      this.holdTurn = () => {
        this.#note({ name: 'holdTurn' })
        return true
      }
    }
    if (takesPrepared) {
      this.sendPrepared = (message) => {
        this.#note({ name: 'sendPrepared', message })
        return this.#resultFor(message.bytes.length)
      }
    }
    if (waiters === undefined) return
    this.awaitTurnEnd = (waiter) => {
      if (this.#waiters.length === waiters) return false
      this.#waiters.push(waiter)
      return true
    }
  }

  // For the test.

  /** Connects the transport to its listener, which is told that it can be used. */
  open(listener: TransportListener): void {
    this.#listener = listener
    listener.opened()
  }

  get isOver(): boolean {
    return this.#state === 'over'
  }

  /** @param backlog where the engine sees more than whole messages that the network has taken */
  setBufferedAmount(bytes: number, backlog = bytes): void {
    this.#bufferedAmount = bytes
    this.#backlog = backlog
  }

  /** The names of the calls, in order. */
  get callNames(): readonly string[] {
    return this.calls.map((call) => call.name)
  }

  /** What the close frame held. */
  get closeFrame(): { readonly code: number; readonly reason: string } | undefined {
    const call = this.calls.find((one) => one.name === 'close')
    return call && { code: call.code, reason: call.reason }
  }

  get sent(): readonly (string | Bytes)[] {
    return this.calls.flatMap((call) => (call.name === 'send' ? [call.data] : []))
  }

  receive(message: string | Bytes): void {
    if (typeof message === 'string') {
      this.#told.message(this.#hasStrings ? message : new TextEncoder().encode(message), 'text')
    } else {
      this.#told.message(message, 'binary')
    }
  }

  pinged(): void {
    this.#told.pinged()
  }

  ponged(): void {
    this.#told.ponged()
  }

  alive(): void {
    this.#told.alive()
  }

  endTurn(): void {
    for (const waiter of this.#waiters.splice(0)) waiter.turnEnded()
  }

  /** The network takes all that waits. */
  drain(): void {
    this.setBufferedAmount(0)
    this.result = 'sent'
    this.#told.drained()
  }

  closing(cause: TransportCloseCause, code?: number, reason?: string): void {
    this.#told.closing(cause, code, reason)
  }

  ignored(bytes: number): void {
    this.#told.ignored(bytes)
  }

  end(cause: TransportCloseCause = 'lost', code?: number, reason?: string): void {
    this.#state = 'over'
    this.#told.closed(cause, code, reason)
  }

  get #told(): TransportListener {
    if (this.#listener === undefined) throw new Error('the transport has no listener yet')
    return this.#listener
  }

  // For core.

  get bufferedAmount(): number {
    if (this.#state === 'over') this.forbiddenCalls.push('bufferedAmount')
    return this.#bufferedAmount
  }

  get backlog(): number {
    if (this.#state === 'over') this.forbiddenCalls.push('backlog')
    return this.#backlog
  }

  send(data: string | Bytes, type: MessageType): SendResult {
    this.#note({ name: 'send', data, type })
    return this.#resultFor(typeof data === 'string' ? data.length : data.byteLength)
  }

  flush(): void {
    this.#note({ name: 'flush' })
  }

  byteLength(text: string): number {
    return Buffer.byteLength(text)
  }

  close(code: number, reason: string): void {
    this.#note({ name: 'close', code, reason })
    this.#state = 'closing'
    if (this.#ends === 'at once') this.end('lost')
  }

  #terminate(): void {
    this.#note({ name: 'terminate' })
    this.#state = 'over'
    if (this.#ends === 'at once') this.end('lost')
  }

  #turnReading(name: 'pause' | 'resume'): void {
    this.#note({ name })
    this.isPaused = name === 'pause'
  }

  #resultFor(size: number): SendResult {
    if (this.result === 'queued') {
      this.setBufferedAmount(this.#bufferedAmount + size, this.#backlog + size)
    }
    return this.result
  }

  #note(call: Call): void {
    this.calls.push(call)
    const isAllowed =
      this.#state === 'open' ||
      (this.#state === 'closing' && (call.name === 'resume' || call.name === 'terminate'))
    if (!isAllowed) this.forbiddenCalls.push(`${call.name} when ${this.#state}`)
  }
}
