import { type Loss, ReconnectingWebSocket, type Status, shouldReconnect } from '@wirebeat/client'
import type { EndpointSettings } from './endpoint-settings.ts'
import { quantity } from './figure.ts'
import type { LogEvent } from './log-entry.ts'
import { endWords, lossWords } from './loss.ts'
import { preview } from './message-preview.ts'
import type { Message } from './message-size.ts'
import { Network } from './network.ts'
import { RoundTrips } from './round-trips.ts'
import { timeSpan } from './time-span.ts'
import { VitalSigns } from './vital-signs.ts'

/** What a conversation tells the page. */
export interface ConversationListener {
  log(event: LogEvent): void
  /** The status is another one. */
  changed(): void
  opened(): void
  /** The connection is lost, or an attempt has failed, and another one is tried. */
  lost(): void
  /**
   * There will be no other connection until the next `begin`.
   *
   * @param problem why, in words, where the person did not ask for it
   */
  ended(problem: string | undefined): void
  beat(what: 'sent' | 'answered'): void
}

/** The page's one socket after another, and what is known of the line. */
export class Conversation {
  readonly signs: VitalSigns = new VitalSigns()
  readonly roundTrips: RoundTrips = new RoundTrips()
  readonly network: Network = new Network({
    sent: (data) => this.#sent(data),
    received: (data) => this.#received(data),
  })
  readonly #listener: ConversationListener
  #socket: ReconnectingWebSocket | undefined
  /** The last one that was told of. */
  #status: Status | undefined
  #heartbeatMessage: string | undefined
  #url = ''
  #everOpened = false
  #problem: string | undefined
  #lostAt: number | undefined

  constructor(listener: ConversationListener) {
    this.#listener = listener
  }

  /** `undefined` before the first socket. */
  get status(): Status | undefined {
    return this.#socket?.status
  }

  /** Whether the socket has had a connection. */
  get everOpened(): boolean {
    return this.#everOpened
  }

  /**
   * Opens a socket. The earlier one must have ended.
   *
   * @param query what is added to the URL for the server alone
   * @param settings those of the endpoint, where they are known; there is no heartbeat otherwise
   * @throws DOMException when the browser refuses the URL
   */
  begin(url: string, query: string, settings: EndpointSettings | undefined): void {
    const { heartbeatMessage, keepAliveInterval = 0 } = settings ?? {}
    const hasHeartbeat = heartbeatMessage !== undefined && keepAliveInterval > 0
    this.#everOpened = false
    const socket = new ReconnectingWebSocket(url + query, [], {
      ...(hasHeartbeat && { heartbeatMessage, keepAliveInterval }),
      WebSocket: this.network.webSocketClass(),
      // What has never worked is for the person to mend: the address, or the server.
      shouldReconnect: (loss) => this.#everOpened && shouldReconnect(loss),
    })
    this.#socket = socket
    this.#status = socket.status
    this.#url = url
    this.#lostAt = undefined
    this.#heartbeatMessage = hasHeartbeat ? heartbeatMessage : undefined
    this.signs.interval = hasHeartbeat ? keepAliveInterval : undefined
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('statuschange', () => this.#change(socket))
    socket.addEventListener('message', ({ data }) => {
      this.roundTrips.received(data, performance.now())
      this.#listener.log({ kind: 'received', message: preview(data) })
    })
    socket.addEventListener('close', () => this.#listener.ended(this.#problem))
  }

  /** @returns the words that say why nothing was sent, if so. */
  send(messages: readonly Message[]): string | undefined {
    const socket = this.#socket
    if (socket?.status.state !== 'open') return 'There is no connection'
    if (messages.some((message) => message === this.#heartbeatMessage)) {
      return 'This text is the heartbeat message of the server: its answer would be taken for another’s'
    }
    for (const message of messages) {
      this.roundTrips.sent(message, performance.now())
      this.#listener.log({ kind: 'sent', message: preview(message) })
      socket.send(message)
    }
    return undefined
  }

  close(): void {
    this.#socket?.close(1000, 'closed from the page')
  }

  /** Makes the next attempt now. */
  retry(): void {
    this.#socket?.reconnect()
  }

  #change(socket: ReconnectingWebSocket): void {
    const { status } = socket
    const before = this.#status?.state
    this.#status = status
    // Another round-trip time is told as well.
    if (status.state === before) return
    if (status.state === 'open') this.#open(socket)
    if (status.state === 'waiting' || status.state === 'closed') {
      this.#lose(status, before === 'open' || before === 'closing')
    }
    if (status.state === 'waiting') {
      this.#listener.log({
        kind: 'note',
        what: `Connecting again in ${timeSpan(Math.max(0, status.retryAt - performance.now()))}`,
        hint: '',
      })
      this.#listener.lost()
    }
    this.#listener.changed()
  }

  #open({ protocol }: ReconnectingWebSocket): void {
    const now = performance.now()
    const downtime = this.#lostAt === undefined ? undefined : now - this.#lostAt
    this.#everOpened = true
    this.#lostAt = undefined
    this.signs.opened(now)
    this.#listener.log({ kind: 'opened', url: this.#url, protocol, downtime })
    this.#listener.opened()
  }

  #lose(loss: Loss, wasOpen: boolean): void {
    const everOpened = this.#everOpened
    this.signs.ended()
    const unanswered = this.roundTrips.reset()
    if (wasOpen) this.#lostAt = performance.now()
    const timeout = 2 * (this.signs.interval ?? 0)
    const failure = lossWords(loss, { wasOpen, everOpened, timeout })
    this.#problem = endWords(loss, failure)
    if (failure !== undefined) {
      const { what, hint } = failure
      const where = wasOpen ? '' : `${this.#url}: `
      this.#listener.log({ kind: 'failed', what, hint: `${where}${hint}` })
    }
    if (loss.cause === 'client' && !wasOpen) {
      const hint = everOpened ? 'while it was connecting again' : 'before it was open'
      this.#listener.log({ kind: 'note', what: 'Closed from the page', hint })
    } else if (wasOpen || !everOpened) {
      // An attempt that failed on the way back was no connection that could close.
      const { code, reason, wasClean } = loss
      this.#listener.log({ kind: 'closed', code, reason, wasClean, everOpened })
    }
    if (unanswered > 0 && !loss.wasClean) {
      this.#listener.log({
        kind: 'note',
        what: `${quantity(unanswered, 'message')} without an echo`,
        hint: 'nobody can know from here whether they arrived; they are not sent again',
      })
    }
  }

  #sent(data: unknown): void {
    if (this.#heartbeatMessage === undefined || data !== this.#heartbeatMessage) return
    this.signs.beat(performance.now())
    this.#listener.log({ kind: 'beat', from: 'client', what: 'Heartbeat' })
    this.#listener.beat('sent')
  }

  #received(data: unknown): void {
    const now = performance.now()
    this.signs.heard(now)
    if (this.#heartbeatMessage === undefined || data !== this.#heartbeatMessage) return
    const roundTrip = this.signs.answered(now)
    if (roundTrip !== undefined) this.roundTrips.add(roundTrip)
    const after = roundTrip === undefined ? '' : ` after ${timeSpan(roundTrip)}`
    this.#listener.log({ kind: 'beat', from: 'server', what: `Heartbeat answered${after}` })
    this.#listener.beat('answered')
  }
}
