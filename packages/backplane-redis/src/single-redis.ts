import type { Backplane, BackplaneListener, BackplaneMessage } from '@wirebeat/topics'
import { Clients, PLAIN } from './client.ts'
import { RedisNode } from './redis-node.ts'
import { addressOf, type NodeAddress, type Settings } from './settings.ts'

/** A backplane on one Redis. */
export class SingleRedis implements Backplane {
  readonly name = 'redis'
  readonly maxPayload: number
  readonly #address: NodeAddress
  readonly #clients: Clients
  readonly #settings: Settings
  #node: RedisNode | undefined

  constructor(url: string, settings: Settings) {
    this.#address = addressOf(url)
    this.#clients = new Clients(url, settings)
    this.#settings = settings
    this.maxPayload = settings.maxPayload
  }

  async start(listener: BackplaneListener): Promise<void> {
    const node = new RedisNode(this.#address, () => this.#clients.make(), this.#settings, PLAIN, {
      message: (channel, payload) => listener.message(channel, payload),
      up: () => listener.state('up'),
      down: (why) => listener.state('down', why),
      moved() {},
      refused: (channels) => listener.refused(channels),
    })
    this.#node = node
    await node.connect()
  }

  async publish(messages: readonly BackplaneMessage[]): Promise<void> {
    await this.#started().publish(messages)
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    await this.#started().subscribe(channels)
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    await this.#started().unsubscribe(channels)
  }

  async close(): Promise<void> {
    this.#node?.close()
  }

  #started(): RedisNode {
    if (this.#node !== undefined) return this.#node
    throw new Error('There is no connection to Redis.')
  }
}
