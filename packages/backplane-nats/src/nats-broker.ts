import {
  connect,
  type NatsConnection,
  type NodeConnectionOptions,
  PermissionViolationError,
  type Subscription,
} from '@nats-io/transport-node'
import { withinLimit } from '@wirebeat/core/extension'
import type { Backplane, BackplaneListener, BackplaneMessage } from '@wirebeat/topics'

/** The options of `natsBackplane`, checked and with their defaults. */
interface Settings {
  readonly servers: readonly string[]
  readonly client: NodeConnectionOptions
  readonly prefix: string
  readonly maxPayload: number
  readonly connectTimeout: number
}

/** A call of `publish` that waits for NATS. */
interface Publishing {
  readonly messages: readonly BackplaneMessage[]
  refusal: Error | undefined
}

const PING = 5_000
/** After how many pings without an answer a connection is taken for lost. */
const PINGS = 4
const FIRST_RETRY = 50
const LAST_RETRY = 2_000

/** A connection to NATS. */
export class NatsBroker implements Backplane {
  readonly name = 'nats'
  readonly #settings: Settings
  #maxPayload: number
  #listener: BackplaneListener | undefined
  #connection: NatsConnection | undefined
  #phase: 'new' | 'up' | 'down' | 'closed' = 'new'
  /** Those that NATS has confirmed. */
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #publishing = new Set<Publishing>()
  #retries = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  /** What NATS or its client has said last about a connection that is lost. */
  #reason: string | undefined
  /** Called when the connection is lost, by who waits for an answer. */
  readonly #waiting = new Set<(why: Error) => void>()

  constructor(settings: Settings) {
    this.#settings = settings
    this.#maxPayload = settings.maxPayload
  }

  get maxPayload(): number {
    return this.#maxPayload
  }

  async start(listener: BackplaneListener): Promise<void> {
    this.#listener = listener
    const connecting = this.#connect()
    let connection: NatsConnection
    try {
      connection = await withinLimit(connecting, this.#settings.connectTimeout)
    } catch (error) {
      // It may come too late.
      connecting.then((late) => late.close()).catch(() => {})
      const text = `NATS at ${this.#place} cannot be reached.`
      throw new Error(`${text} ${reasonOf(error)}`)
    }
    if (this.#phase === 'closed') {
      await connection.close()
      return
    }
    this.#connection = connection
    this.#maxPayload = Math.min(this.#maxPayload, connection.info?.max_payload ?? this.#maxPayload)
    this.#phase = 'up'
    void this.#watch(connection)
  }

  async publish(messages: readonly BackplaneMessage[]): Promise<void> {
    const connection = this.#usable()
    const publishing: Publishing = { messages, refusal: undefined }
    this.#publishing.add(publishing)
    try {
      for (const { channel, payload } of messages) {
        connection.publish(this.#subject(channel), payload)
      }
      await this.#answered(connection)
      // A refusal comes before the answer, but the client tells it in later microtasks.
      await turn()
    } finally {
      this.#publishing.delete(publishing)
    }
    if (publishing.refusal !== undefined) throw publishing.refusal
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    const connection = this.#usable()
    const made = channels.map((channel) => [channel, this.#subscribe(connection, channel)] as const)
    try {
      // A refusal comes before the answer to the ping that follows.
      await this.#answered(connection)
      for (const [, subscription] of made) await checkNotRefused(subscription)
    } catch (error) {
      for (const [, subscription] of made) subscription.unsubscribe()
      throw error
    }
    for (const [channel, subscription] of made) this.#subscriptions.set(channel, subscription)
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    const connection = this.#usable()
    for (const channel of channels) this.#subscriptions.get(channel)?.unsubscribe()
    // When it is lost before, they stay here, and are subscribed to again.
    await this.#answered(connection)
    for (const channel of channels) this.#subscriptions.delete(channel)
  }

  async close(): Promise<void> {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    clearTimeout(this.#retry)
    this.#fail(new Error('The backplane was closed.'))
    await this.#connection?.close().catch(() => {})
  }

  #connect(): Promise<NatsConnection> {
    const { servers, client, connectTimeout } = this.#settings
    return connect({
      ...client,
      servers: [...servers],
      // For each of them.
      timeout: connectTimeout,
      noEcho: true,
      pingInterval: PING,
      maxPingOut: PINGS,
      maxReconnectAttempts: -1,
      // It would give up for good when it is not let in twice, and a password may be changed back.
      ignoreAuthErrorAbort: true,
      reconnectDelayHandler: () => this.#retryDelay(),
    })
  }

  #subject(channel: string): string {
    return `${this.#settings.prefix}.${channel}`
  }

  #usable(): NatsConnection {
    if (this.#phase === 'up' && this.#connection !== undefined) return this.#connection
    throw noConnection()
  }

  #subscribe(connection: NatsConnection, channel: string): Subscription {
    return connection.subscribe(this.#subject(channel), {
      callback: (error, message) => {
        // The client has closed the subscription.
        if (error !== null) this.#revoked(channel)
        // The client's bytes are a part of what it has read, which a message that is kept would hold.
        else this.#listener?.message(channel, new Uint8Array(message.data))
      },
    })
  }

  /** NATS has refused a subscription that it had confirmed. Others are looked at when it has answered. */
  #revoked(channel: string): void {
    if (this.#phase !== 'up' || !this.#subscriptions.delete(channel)) return
    this.#listener?.refused([channel])
  }

  /** Waits until NATS has read all that was sent. Rejects when the connection is lost before. */
  async #answered(connection: NatsConnection): Promise<void> {
    let fail: ((why: Error) => void) | undefined
    const lost = new Promise<never>((_resolve, reject) => {
      fail = reject
      this.#waiting.add(reject)
    })
    try {
      await Promise.race([connection.flush(), lost])
    } finally {
      if (fail !== undefined) this.#waiting.delete(fail)
    }
  }

  #fail(why: Error): void {
    for (const fail of this.#waiting) fail(why)
    this.#waiting.clear()
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#lost()
      else if (status.type === 'reconnect') void this.#restored(connection)
      else if (status.type === 'error') this.#failed(status.error)
    }
    const error = await connection.closed()
    if (this.#phase === 'closed') return
    // The client has given up, as it does when an authenticator throws.
    this.#lost()
    if (error) this.#explain(error)
    this.#connectLater()
  }

  #connectLater(): void {
    this.#retry = setTimeout(() => {
      this.#connectAgain().catch((error) => {
        if (this.#phase === 'closed') return
        this.#explain(error)
        this.#connectLater()
      })
    }, this.#retryDelay())
  }

  async #connectAgain(): Promise<void> {
    const connection = await this.#connect()
    if (this.#phase === 'closed') {
      await connection.close()
      return
    }
    this.#connection = connection
    void this.#watch(connection)
    await this.#restored(connection)
  }

  #lost(): void {
    if (this.#phase !== 'up') return
    this.#phase = 'down'
    const why = this.#whyDown()
    this.#fail(why)
    this.#listener?.state('down', why)
  }

  #failed(error: Error): void {
    if (!(error instanceof PermissionViolationError)) this.#explain(error)
    else if (error.operation === 'publish') this.#publicationRefused(error)
  }

  /** NATS does not say which one of several to a subject it was. */
  #publicationRefused(refusal: PermissionViolationError): void {
    for (const publishing of this.#publishing) {
      const isOfIt = publishing.messages.some(
        ({ channel }) => this.#subject(channel) === refusal.subject,
      )
      if (isOfIt) publishing.refusal = refusal
    }
  }

  /** NATS or its client says what is wrong, before the connection is lost or while it cannot be made again. */
  #explain(error: unknown): void {
    const reason = reasonOf(error)
    if (reason === this.#reason) return
    this.#reason = reason
    if (this.#phase === 'down') this.#listener?.state('down', this.#whyDown())
  }

  #whyDown(): Error {
    const text = `The connection to NATS at ${this.#place} was lost.`
    return new Error(this.#reason === undefined ? text : `${text} ${this.#reason}`)
  }

  /** The client has subscribed again to what it knows. NATS has read it when it answers. */
  async #restored(connection: NatsConnection): Promise<void> {
    if (this.#phase !== 'down') return
    try {
      for (const [channel, subscription] of this.#subscriptions) {
        // Its end was under way when the connection was lost, or this is another client.
        if (!subscription.isClosed()) continue
        this.#subscriptions.set(channel, this.#subscribe(connection, channel))
      }
      await this.#answered(connection)
    } catch {
      // It was lost again.
      return
    }
    if (this.#phase !== 'down') return
    this.#retries = 0
    this.#reason = undefined
    this.#phase = 'up'
    this.#tellRefused()
    this.#listener?.state('up')
  }

  /** Tells what NATS has not let in again. */
  #tellRefused(): void {
    const closed = [...this.#subscriptions].filter(([, subscription]) => subscription.isClosed())
    const refused = closed.map(([channel]) => channel)
    for (const channel of refused) this.#subscriptions.delete(channel)
    if (refused.length > 0) this.#listener?.refused(refused)
  }

  #retryDelay(): number {
    const longest = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.#retries++)
    // Servers that lost it together do not come back together.
    return Math.ceil(longest * (0.5 + Math.random() / 2))
  }

  /** Hosts and ports, without user and password. */
  get #place(): string {
    return this.#settings.servers.map((server) => server.replace(/^.*@|^\w+:\/\//g, '')).join(', ')
  }
}

function noConnection(): Error {
  return new Error('There is no connection to NATS.')
}

/** The client closes a subscription with the reason that NATS has told, or with the connection. */
async function checkNotRefused(subscription: Subscription): Promise<void> {
  if (!subscription.isClosed()) return
  throw (await subscription.closed) ?? noConnection()
}

/** Resolves when all microtasks of this turn of the event loop have run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
