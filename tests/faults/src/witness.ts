import type { Connection, Endpoint } from '@wirebeat/core'
import type {
  Admission,
  Bytes,
  HandshakeOutcome,
  MessageType,
  ServableEndpoint,
  SettledOutcome,
  Transport,
  TransportCloseCause,
  TransportListener,
} from '@wirebeat/core/adapter'
import { monotonic } from './monotonic.ts'

/** When a client was last heard, as an adapter has told core. */
export class Life {
  lastSign: number = monotonic()
  longestSilence = 0

  sign(): void {
    const now = monotonic()
    this.longestSilence = Math.max(this.longestSilence, now - this.lastSign)
    this.lastSign = now
  }
}

/**
 * Stands between an adapter and an endpoint, and notes the time of every sign of life before the
 * endpoint hears of it. So what the heartbeat does can be compared with what it was told, to the
 * microsecond, however late the network or the event loop was.
 */
export class Witness implements ServableEndpoint {
  readonly #endpoint: Endpoint
  // No WeakMap: the garbage collector leaves its table as large as it was, and a test looks at the heap.
  readonly #lives = new Map<Connection, Life>()
  #opening: Life | undefined

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint
    endpoint.on('open', (connection) => {
      if (this.#opening !== undefined) this.#lives.set(connection, this.#opening)
    })
  }

  get options(): ServableEndpoint['options'] {
    return this.#endpoint.options
  }

  /** What is known of a connection that has opened. */
  lifeOf(connection: Connection): Life {
    const life = this.#lives.get(connection)
    if (life === undefined) throw new Error(`connection ${connection.id} has opened unseen`)
    return life
  }

  /** What is known of a connection that has ended; asked once. */
  take(connection: Connection): Life {
    const life = this.lifeOf(connection)
    this.#lives.delete(connection)
    return life
  }

  isFor(url: string): boolean {
    return this.#endpoint.isFor(url)
  }

  handshake(request: Parameters<ServableEndpoint['handshake']>[0]): HandshakeOutcome {
    const outcome = this.#endpoint.handshake(request)
    if (outcome.action === 'pass') return outcome
    if (outcome.action !== 'wait') return this.#watch(outcome)
    return {
      action: 'wait',
      outcome: outcome.outcome.then((settled) => this.#watch(settled)),
      abandon: () => outcome.abandon(),
    }
  }

  #watch(outcome: SettledOutcome): SettledOutcome {
    if (outcome.action === 'refuse') return outcome
    const { admission } = outcome
    return { action: 'accept', admission: { ...admission, accept: this.#accepting(admission) } }
  }

  #accepting(admission: Admission): Admission['accept'] {
    return (transport: Transport) => {
      const life = new Life()
      return new WatchedListener(admission.accept(transport), life, (open) => {
        this.#opening = life
        open()
        this.#opening = undefined
      })
    }
  }
}

class WatchedListener implements TransportListener {
  readonly #listener: TransportListener
  readonly #life: Life
  readonly #whileOpening: (open: () => void) => void

  constructor(listener: TransportListener, life: Life, whileOpening: (open: () => void) => void) {
    this.#listener = listener
    this.#life = life
    this.#whileOpening = whileOpening
  }

  opened(): void {
    this.#whileOpening(() => this.#listener.opened())
  }

  message(data: Bytes, type: MessageType): void {
    this.#life.sign()
    this.#listener.message(data, type)
  }

  pinged(): void {
    this.#life.sign()
    this.#listener.pinged()
  }

  ponged(): void {
    this.#life.sign()
    this.#listener.ponged()
  }

  drained(): void {
    this.#life.sign()
    this.#listener.drained()
  }

  closing(cause: TransportCloseCause, code?: number, reason?: string): void {
    this.#listener.closing(cause, code, reason)
  }

  closed(cause: TransportCloseCause, code?: number, reason?: string): void {
    this.#listener.closed(cause, code, reason)
  }
}
