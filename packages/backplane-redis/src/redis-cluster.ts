import { withinLimit } from '@wirebeat/core/extension'
import type { Backplane, BackplaneListener, BackplaneMessage } from '@wirebeat/topics'
import { allOf, type Client, Clients, destroy, SHARDED } from './client.ts'
import { RedisNode } from './redis-node.ts'
import {
  addressOf,
  type NodeAddress,
  nameOf,
  reasonOf,
  type Settings,
  unreachable,
} from './settings.ts'
import { SLOTS, slotOf } from './slot.ts'

/** A Redis Cluster, and how its nodes are reached. */
export interface RedisClusterOptions {
  /**
   * Some of its nodes, as URLs, of which one must be reachable at the start. The others are asked for. User, password and
   * `rediss:` of the first one hold for all of them.
   */
  readonly nodes: readonly string[]
  /**
   * Where a node is reached from here that announces `host:port` of an inner network. `undefined` for what it announces.
   */
  readonly nodeAddressMap?: (address: string) => NodeAddress | undefined
}

/** How often the slots are looked at, in milliseconds. */
const LOOK = 5_000
/** The same while a node is down, or a channel has no place. */
const LOOK_AGAIN = 500
/** How long the other nodes are waited for when the first one is back, in milliseconds. */
const PATIENCE = 2_000

/**
 * A backplane on a Redis Cluster, by sharded pub/sub. Each channel is at the master of its slot. While a master is down,
 * its channels get nothing, and all others work.
 *
 * `createCluster` of the client is not used: it forgets subscriptions of a node that leaves, and does not say which ones
 * were without a connection.
 */
export class RedisCluster implements Backplane {
  readonly name = 'redis-cluster'
  readonly maxPayload: number
  readonly #cluster: RedisClusterOptions
  readonly #settings: Settings
  readonly #clients: Clients
  #listener: BackplaneListener | undefined
  /** The masters, by the address that they announce. */
  readonly #nodes = new Map<string, RedisNode>()
  #slots: readonly (RedisNode | undefined)[] = []
  /** Where each channel is subscribed to, or will be when the node is up. `undefined` until a place is found. */
  readonly #places = new Map<string, RedisNode | undefined>()
  /** Those whose end is under way. They get no other place meanwhile. */
  readonly #leaving = new Set<string>()
  #phase: 'new' | 'up' | 'down' | 'closed' = 'new'
  #looking: Promise<void> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #patience: ReturnType<typeof setTimeout> | undefined

  constructor(cluster: RedisClusterOptions, settings: Settings) {
    this.#cluster = cluster
    this.#settings = settings
    this.#clients = new Clients(firstUrl(cluster), settings)
    this.maxPayload = settings.maxPayload
  }

  async start(listener: BackplaneListener): Promise<void> {
    this.#listener = listener
    const { connectTimeout } = this.#settings
    const begun = performance.now()
    await this.#readSlots()
    const failed: unknown[] = []
    const connecting = [...this.#nodes.values()].map((node) =>
      node.connect().then(
        () => this.#nodeUp(node),
        (error) => {
          failed.push(error)
          node.connectLater()
        },
      ),
    )
    const left = Math.max(1, connectTimeout - (performance.now() - begun))
    await withinLimit(Promise.all(connecting), left).catch((error) => failed.push(error))
    if (!this.#isAnyUp) {
      this.#forgetNodes()
      throw new Error(failed.map(reasonOf).join(' '))
    }
    if (this.#phase !== 'new') throw new Error('The backplane was closed.')
    this.#phase = 'up'
    this.#lookLater()
  }

  async publish(messages: readonly BackplaneMessage[]): Promise<void> {
    const byNode = this.#byNode(messages, ({ channel }) => channel)
    await this.#each(byNode, (node, theirs) => node.publish(theirs))
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    const byNode = this.#byNode(channels, (channel) => channel)
    try {
      await this.#each(byNode, async (node, theirs) => {
        await node.subscribe(theirs)
        for (const channel of theirs) this.#places.set(channel, node)
      })
    } catch (error) {
      await this.#endAtNodes(channels).catch(() => {})
      for (const channel of channels) {
        this.#places.get(channel)?.forget([channel])
        this.#places.delete(channel)
      }
      throw error
    }
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    this.#checkUp()
    for (const channel of channels) this.#leaving.add(channel)
    try {
      await this.#endAtNodes(channels)
      for (const channel of channels) this.#places.delete(channel)
    } catch (error) {
      for (const channel of channels) this.#stay(channel)
      this.#look()
      throw error
    } finally {
      for (const channel of channels) this.#leaving.delete(channel)
    }
  }

  /** The end of a channel has failed. Where its node has ended it, or has lost its slot, it gets a place again. */
  #stay(channel: string): void {
    const node = this.#places.get(channel)
    if (node?.channels.has(channel) && node === this.#ownerOf(channel)) return
    node?.forget([channel])
    this.#places.set(channel, undefined)
  }

  async #endAtNodes(channels: readonly string[]): Promise<void> {
    const placed = channels.filter((channel) => this.#places.has(channel))
    const byNode = grouped(placed, (channel) => this.#places.get(channel))
    const ended = [...byNode].map(async ([node, theirs]) => {
      if (node?.isUp) await node.unsubscribe(theirs)
      else node?.forget(theirs)
    })
    await allOf(ended)
  }

  async close(): Promise<void> {
    this.#phase = 'closed'
    clearTimeout(this.#timer)
    clearTimeout(this.#patience)
    this.#forgetNodes()
  }

  #forgetNodes(): void {
    for (const node of this.#nodes.values()) node.close()
    this.#nodes.clear()
  }

  #byNode<Item>(
    items: readonly Item[],
    channelOf: (item: Item) => string,
  ): Map<RedisNode | undefined, Item[]> {
    return grouped(items, (item) => this.#slots[slotOf(nameOf(this.#settings, channelOf(item)))])
  }

  async #each<Item>(
    byNode: ReadonlyMap<RedisNode | undefined, readonly Item[]>,
    act: (node: RedisNode, items: readonly Item[]) => Promise<void>,
  ): Promise<void> {
    this.#checkUp()
    const done = [...byNode].map(async ([node, items]) => {
      if (node === undefined) throw new Error('No node of the Redis Cluster has the slot.')
      try {
        await act(node, items)
      } catch (error) {
        // Another node may have the slot now.
        this.#look()
        throw error
      }
    })
    await allOf(done)
  }

  #checkUp(): void {
    if (this.#phase !== 'up') throw new Error('There is no connection to the Redis Cluster.')
  }

  // What the cluster looks like.

  #lookLater(): void {
    clearTimeout(this.#timer)
    if (this.#phase === 'closed') return
    const isWell = this.#areAllUp && !this.#hasUnplaced
    this.#timer = setTimeout(() => this.#look(), isWell ? LOOK : LOOK_AGAIN)
  }

  /** Looks which node has which slots, and has each channel where its slot is. One at a time. */
  #look(): void {
    if (this.#phase === 'new' || this.#phase === 'closed') return
    clearTimeout(this.#timer)
    this.#looking ??= this.#readSlots()
      .then((hasChanged) => (hasChanged || this.#hasUnplaced ? this.#placeChannels() : undefined))
      // It is tried again.
      .catch(() => {})
      .finally(() => {
        this.#looking = undefined
        this.#lookLater()
      })
  }

  get #hasUnplaced(): boolean {
    return [...this.#places.values()].includes(undefined)
  }

  /** Resolves with whether slots have another node now. */
  async #readSlots(): Promise<boolean> {
    const ranges = await this.#askForSlots()
    if (this.#phase === 'closed') return false
    const slots = new Array<RedisNode | undefined>(SLOTS).fill(undefined)
    const masters = new Set<RedisNode>()
    for (const { from, to, master, asked } of ranges) {
      const node = this.#node(master.host === '' ? asked : master.host, master.port)
      masters.add(node)
      slots.fill(node, from, to + 1)
    }
    const hasChanged = slots.some((node, slot) => node !== this.#slots[slot])
    this.#slots = slots
    for (const [address, node] of this.#nodes) {
      if (masters.has(node)) continue
      this.#nodes.delete(address)
      node.close()
    }
    return hasChanged
  }

  async #askForSlots() {
    const failed: unknown[] = []
    for (const { client, host } of this.#nodes.values()) {
      if (client === undefined) continue
      try {
        return await rangesFrom(client, host)
      } catch (error) {
        failed.push(error)
      }
    }
    try {
      return await Promise.any(this.#cluster.nodes.map((url) => this.#askNode(url)))
    } catch (error) {
      throw new Error([...failed, error].map(reasonOf).join(' '))
    }
  }

  async #askNode(url: string) {
    const address = addressOf(url)
    const client = this.#clients.make(address).on('error', () => {})
    try {
      const asked = client.connect().then(() => rangesFrom(client, address.host))
      return await withinLimit(asked, this.#settings.connectTimeout)
    } catch (error) {
      throw unreachable(address, error)
    } finally {
      destroy(client)
    }
  }

  #node(host: string, port: number): RedisNode {
    const address = `${host}:${port}`
    const known = this.#nodes.get(address)
    if (known !== undefined) return known
    const reached = this.#cluster.nodeAddressMap?.(address) ?? { host, port }
    const make = (): Client => this.#clients.make(reached)
    const node: RedisNode = new RedisNode(reached, make, this.#settings, SHARDED, {
      message: (channel, payload) => this.#listener?.message(channel, payload),
      up: () => this.#nodeUp(node),
      down: (why) => this.#nodeDown(why),
      moved: (channel) => {
        if (this.#places.has(channel)) this.#places.set(channel, undefined)
        this.#look()
      },
      refused: (channels) => {
        // Another node may have their slots now. Where it has not, this one refuses them again.
        for (const channel of channels) {
          if (this.#places.get(channel) === node) this.#places.set(channel, undefined)
        }
        this.#look()
      },
    })
    this.#nodes.set(address, node)
    // At the start, it is connected to by the start.
    if (this.#phase !== 'new') node.connectLater()
    return node
  }

  get #areAllUp(): boolean {
    return [...this.#nodes.values()].every(({ isUp }) => isUp)
  }

  get #isAnyUp(): boolean {
    return [...this.#nodes.values()].some(({ isUp }) => isUp)
  }

  #nodeUp(node: RedisNode): void {
    if (this.#phase === 'up') this.#listener?.lost([...node.channels], 'disconnected')
    if (this.#phase === 'down') {
      if (this.#areAllUp) this.#restored()
      else this.#patience ??= setTimeout(() => this.#restored(), PATIENCE)
    }
    this.#look()
  }

  #restored(): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
    if (this.#phase !== 'down' || !this.#isAnyUp) return
    this.#phase = 'up'
    this.#listener?.state('up')
  }

  #nodeDown(why: Error): void {
    if (this.#phase === 'up' && !this.#isAnyUp) {
      this.#phase = 'down'
      this.#listener?.state('down', why)
    }
    this.#look()
  }

  /** Subscribes to channels at the node that has their slot now. */
  async #placeChannels(): Promise<void> {
    const astray = [...this.#places].filter(
      ([channel, node]) =>
        !this.#leaving.has(channel) && (node === undefined || node !== this.#ownerOf(channel)),
    )
    for (const [channel, node] of astray) node?.forget([channel])
    const byNode = grouped(astray, ([channel]) => this.#ownerOf(channel))
    const placed = [...byNode].map(([node, theirs]) =>
      this.#place(
        node,
        theirs.map(([channel]) => channel),
      ),
    )
    await allOf(placed)
  }

  async #place(node: RedisNode | undefined, channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#places.set(channel, node)
    if (node === undefined) return
    if (!node.isUp) {
      // It subscribes to them when it is up, and that is told.
      node.adopt(channels)
      return
    }
    try {
      await node.subscribe(channels)
    } catch (error) {
      // One that is refused must not keep the others away.
      if (channels.length > 1 && node.isUp) {
        await allOf(channels.map((channel) => this.#place(node, [channel])))
        return
      }
      const unplaced = channels.filter((channel) => this.#places.get(channel) === node)
      for (const channel of unplaced) this.#unplaced(channel, error)
      throw error
    }
    const wanted = channels.filter((channel) => this.#places.get(channel) === node)
    this.#listener?.lost(wanted, 'disconnected')
    // Those were given up meanwhile.
    const others = channels.filter((channel) => !this.#places.has(channel))
    if (others.length > 0) await node.unsubscribe(others)
  }

  /** The node of a channel has not let it in. */
  #unplaced(channel: string, why: unknown): void {
    if (isForbidden(why) && !this.#leaving.has(channel)) {
      this.#places.delete(channel)
      this.#listener?.refused([channel])
    } else {
      this.#places.set(channel, undefined)
    }
  }

  #ownerOf(channel: string): RedisNode | undefined {
    return this.#slots[slotOf(nameOf(this.#settings, channel))]
  }
}

/** Whether the user may not subscribe to a channel, wherever it is. */
function isForbidden(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOPERM')
}

async function rangesFrom(client: Client, asked: string) {
  const ranges = await client.clusterSlots()
  return ranges.map(({ from, to, master }) => ({ from, to, master, asked }))
}

function firstUrl({ nodes }: RedisClusterOptions): string {
  // There is one at least. A cluster has one database.
  const url = new URL(nodes[0] as string)
  url.pathname = ''
  return url.href
}

function grouped<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
