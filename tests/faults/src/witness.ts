import type { Connection, Endpoint } from '@wirebeat/core'
import {
  type Admission,
  type Bytes,
  type MessageType,
  SERVED,
  type ServedEndpoint,
  serve,
  type Transport,
  type TransportCloseCause,
  type TransportListener,
  type UpgradeHandler,
} from '@wirebeat/core/adapter'
import { monotonic } from './monotonic.ts'

/** When a client was last heard, as an adapter has told core. */
export class Life {
  /** How many connections had come with this one. */
  readonly number: number
  lastSign: number = monotonic()
  longestSilence = 0

  constructor(number: number) {
    this.number = number
  }

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
export class Witness {
  /** The endpoint, to be handed to an adapter in place of the one that is watched. */
  readonly endpoint: Endpoint
  // No WeakMap: the garbage collector leaves its table as large as it was, and a test looks at the heap.
  readonly #lives = new Map<Connection, Life>()
  #opening: Life | undefined
  #count = 0

  constructor(endpoint: Endpoint) {
    const served = serve(endpoint)
    const watched: ServedEndpoint = {
      options: served.options,
      paths: served.paths,
      get isClosed() {
        return served.isClosed
      },
      get closing() {
        return served.closing
      },
      upgrade: (request, handler) => served.upgrade(request, this.#watch(handler)),
      answer: (request) => served.answer(request),
      linger: (disconnect) => served.linger(disconnect),
    }
    this.endpoint = Object.create(endpoint, { [SERVED]: { value: watched } })
    endpoint.on('open', (connection) => {
      if (this.#opening !== undefined) this.#lives.set(connection, this.#opening)
    })
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

  #watch(handler: UpgradeHandler): UpgradeHandler {
    return accepting(handler, (admission) =>
      handler.accept(accepting(admission, this.#accepting(admission))),
    )
  }

  #accepting(admission: Admission): Admission['accept'] {
    return (transport: Transport) => {
      const life = new Life(++this.#count)
      return new WatchedListener(admission.accept(transport), life, (open) => {
        this.#opening = life
        open()
        this.#opening = undefined
      })
    }
  }
}

/** What it was, but for `accept`. Its other members may be those of a class. */
function accepting<Watched extends { accept: unknown }>(
  watched: Watched,
  accept: Watched['accept'],
): Watched {
  return new Proxy(watched, {
    get(target, name) {
      if (name === 'accept') return accept
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
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

  message(data: string | Bytes, type: MessageType): void {
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

  alive(): void {
    this.#life.sign()
    this.#listener.alive()
  }

  drained(): void {
    this.#life.sign()
    this.#listener.drained()
  }

  closing(cause: TransportCloseCause, code?: number, reason?: string): void {
    this.#listener.closing(cause, code, reason)
  }

  ignored(bytes: number): void {
    this.#listener.ignored(bytes)
  }

  closed(cause: TransportCloseCause, code?: number, reason?: string): void {
    this.#listener.closed(cause, code, reason)
  }
}
