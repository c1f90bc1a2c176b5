import type { Backplane, BackplaneListener, BackplaneMessage } from '@wirebeat/topics'
import { createClient, type RedisClientOptions } from 'redis'

/** The options of `redisBackplane`, checked and with their defaults. */
interface Settings {
  readonly url: string
  readonly client: RedisClientOptions
  readonly prefix: string
  readonly maxPayload: number
  readonly connectTimeout: number
}

/** How often each connection is asked whether it still works, in milliseconds. */
const PING = 5_000
/** After how long without a word from Redis a connection is taken for lost. */
const SILENT = 20_000
const FIRST_RETRY = 50
const LAST_RETRY = 2_000

type Client = ReturnType<typeof makeClient>

/** Two connections to Redis. The backplane is up while both of them are. */
export class RedisConnections implements Backplane {
  readonly name = 'redis'
  readonly maxPayload: number
  readonly #settings: Settings
  #listener: BackplaneListener | undefined
  #publisher: Client | undefined
  #subscriber: Client | undefined
  #phase: 'new' | 'up' | 'down' | 'closed' = 'new'
  #why: Error | undefined
  /** Receives on all channels; Redis's client looks it up again when it unsubscribes. */
  readonly #receive = (payload: Buffer, channel: Buffer): void => {
    const name = channel.toString('latin1').slice(this.#settings.prefix.length + 1)
    // The client's buffer may be a part of a larger one, which a message that is kept would hold.
    this.#listener?.message(name, new Uint8Array(payload))
  }

  constructor(settings: Settings) {
    this.#settings = settings
    this.maxPayload = settings.maxPayload
  }

  async start(listener: BackplaneListener): Promise<void> {
    this.#listener = listener
    let isStarted = false
    const make = (): Client => this.#makeClient(() => isStarted)
    const clients = [make(), make()] as const
    this.#publisher = clients[0]
    this.#subscriber = clients[1]
    try {
      await this.#connect(clients)
    } catch (error) {
      for (const client of clients) destroy(client)
      throw this.#unreachable(error)
    }
    isStarted = true
    this.#phase = 'up'
    // A connection may have been lost while the other one was made.
    this.#look()
  }

  async publish(messages: readonly BackplaneMessage[]): Promise<void> {
    const publisher = this.#usable(this.#publisher)
    // The client writes all commands of one turn together.
    const taken = messages.map(({ channel, payload }) => {
      const { buffer, byteOffset, byteLength } = payload
      const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
      return publisher.publish(this.#channel(channel), bytes)
    })
    await allOf(taken)
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    const subscriber = this.#usable(this.#subscriber)
    const names = channels.map((channel) => this.#channel(channel))
    try {
      await subscriber.subscribe(names, this.#receive, true)
    } catch (error) {
      // The client may take some of them for subscribed.
      if (subscriber.isReady) await subscriber.unsubscribe(names).catch(() => {})
      throw error
    }
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    const subscriber = this.#usable(this.#subscriber)
    await subscriber.unsubscribe(channels.map((channel) => this.#channel(channel)))
  }

  async close(): Promise<void> {
    this.#phase = 'closed'
    for (const client of [this.#publisher, this.#subscriber]) if (client) destroy(client)
  }

  #channel(name: string): string {
    return `${this.#settings.prefix}:${name}`
  }

  #usable(client: Client | undefined): Client {
    if (this.#phase === 'up' && client !== undefined) return client
    throw new Error('There is no connection to Redis.')
  }

  #makeClient(isStarted: () => boolean): Client {
    const client = makeClient(this.#settings, isStarted)
    client.on('error', (error: unknown) => {
      this.#why = this.#described(error)
      this.#look()
    })
    client.on('reconnecting', () => this.#look())
    client.on('ready', () => this.#look())
    client.on('end', () => this.#look())
    return client
  }

  async #connect(clients: readonly Client[]): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const { connectTimeout } = this.#settings
    const limit = new Promise<never>((_resolve, reject) => {
      const late = new Error(
        `It did not answer within ${connectTimeout.toLocaleString('en-US')} ms.`,
      )
      timer = setTimeout(() => reject(late), connectTimeout)
    })
    try {
      await Promise.race([Promise.all(clients.map((client) => client.connect())), limit])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Tells when both connections are there again, or one of them is not any more. */
  #look(): void {
    const isUp = this.#publisher?.isReady === true && this.#subscriber?.isReady === true
    if (this.#phase === 'up' && !isUp) {
      this.#phase = 'down'
      this.#listener?.state('down', this.#why ?? this.#described('It has closed it.'))
    } else if (this.#phase === 'down' && isUp) {
      this.#phase = 'up'
      this.#listener?.state('up')
    }
  }

  #unreachable(error: unknown): Error {
    const text = `Redis at ${this.#place} cannot be reached.`
    return new Error(`${text} ${this.#reason(error)}`)
  }

  #described(error: unknown): Error {
    const text = `The connection to Redis at ${this.#place} was lost.`
    return new Error(`${text} ${this.#reason(error)}`)
  }

  /** Host and port, without user and password. */
  get #place(): string {
    const { hostname, port } = new URL(this.#settings.url)
    return `${hostname}:${port === '' ? '6379' : port}`
  }

  #reason(error: unknown): string {
    if (!(error instanceof Error)) return String(error)
    if (error instanceof AggregateError)
      return error.errors.map((one) => this.#reason(one)).join(' ')
    return error.message
  }
}

function makeClient({ url, client, connectTimeout }: Settings, isStarted: () => boolean) {
  return createClient({
    ...client,
    url,
    // What cannot be sent now is told at once. The client's own queue loses what it holds without a word.
    disableOfflineQueue: true,
    pingInterval: PING,
    socket: {
      socketTimeout: SILENT,
      ...client.socket,
      connectTimeout,
      reconnectStrategy: (retries: number, cause: Error) => {
        if (!isStarted()) return cause
        const longest = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** retries)
        // Servers that lost it together do not come back together.
        return Math.ceil(longest * (0.5 + Math.random() / 2))
      },
    } as RedisClientOptions['socket'],
  } as RedisClientOptions)
}

function destroy(client: Client): void {
  try {
    client.destroy()
  } catch {
    // It was not open.
  }
}

/** As `Promise.all`, and waits for all of them also when one has failed. */
async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
