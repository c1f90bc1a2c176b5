/** What a page sees go by on its sockets, in either direction. */
export interface NetworkObserver {
  sent(data: unknown): void
  received(data: unknown): void
}

/**
 * A network that can be taken away. A page cannot cut its own, so it gives its client a WebSocket
 * class that stands between: while the network is gone nothing passes, in neither direction, and
 * connections are not even tried. What would have passed waits in order, as TCP would repeat it,
 * and passes when the network is back. The real socket stays open meanwhile, and its browser goes
 * on answering the pings of the server, which no page can prevent.
 */
export class Network {
  readonly #observer: NetworkObserver
  #waiting: (() => void)[] | undefined

  constructor(observer: NetworkObserver) {
    this.#observer = observer
  }

  takeAway(): void {
    this.#waiting ??= []
  }

  bringBack(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const pass of waiting) pass()
  }

  /** Does it now, or when the network is back. */
  pass(action: () => void): void {
    if (this.#waiting === undefined) action()
    else this.#waiting.push(action)
  }

  /** A WebSocket class whose connections run over this network. */
  webSocketClass(): new (url: string, protocols?: string | string[]) => NetworkSocket {
    const network = this
    const observer = this.#observer
    return class extends NetworkSocket {
      constructor(url: string, protocols?: string | string[]) {
        super(network, observer, url, protocols)
      }
    }
  }
}

type WireData = string | ArrayBufferLike | ArrayBufferView | Blob

/** A WebSocket over a network that can be taken away. */
export class NetworkSocket extends EventTarget {
  readonly url: string
  readyState: 0 | 1 | 2 | 3 = 0
  binaryType: BinaryType = 'blob'
  readonly #network: Network
  readonly #observer: NetworkObserver
  #socket: WebSocket | undefined

  constructor(
    network: Network,
    observer: NetworkObserver,
    url: string,
    protocols: string | string[] = [],
  ) {
    super()
    this.url = url
    this.#network = network
    this.#observer = observer
    network.pass(() => {
      // An attempt that was given up meanwhile is not repeated.
      if (this.readyState === 0) this.#dial(protocols)
    })
  }

  get protocol(): string {
    return this.#socket?.protocol ?? ''
  }

  get extensions(): string {
    return this.#socket?.extensions ?? ''
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0
  }

  send(data: WireData): void {
    this.#observer.sent(data)
    this.#network.pass(() => {
      // The types of the DOM leave out shared memory, of which a browser then complains by itself.
      if (this.#socket?.readyState === 1) this.#socket.send(data as string)
    })
  }

  close(code?: number, reason?: string): void {
    if (this.readyState < 2) this.readyState = 2
    this.#network.pass(() => this.#socket?.close(code, reason))
  }

  #dial(protocols: string | string[]): void {
    const socket = new WebSocket(this.url, protocols)
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    const on = <Type extends keyof WebSocketEventMap>(
      type: Type,
      arrive: (event: WebSocketEventMap[Type]) => void,
    ): void => {
      socket.addEventListener(type, (event) => this.#network.pass(() => arrive(event)))
    }
    on('open', () => {
      if (this.readyState === 0) this.readyState = 1
      this.dispatchEvent(new Event('open'))
    })
    on('message', ({ data }) => {
      // One that was given up says nothing of the present connection.
      if (this.readyState === 1) this.#observer.received(data)
      this.dispatchEvent(new MessageEvent('message', { data }))
    })
    on('error', () => this.dispatchEvent(new Event('error')))
    on('close', ({ code, reason, wasClean }) => {
      this.readyState = 3
      this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean }))
    })
  }
}
