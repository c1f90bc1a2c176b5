import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from 'redis'
import { type Broker, freePort, REDIS, type RunningBroker, startBroker } from './broker.ts'

const MASTERS = 3
const SLOTS = 16_384
const SHARE = Math.ceil(SLOTS / MASTERS)
/** After how many milliseconds a node is taken for gone by the others. */
const NODE_TIMEOUT = 1_000

/** One process of a cluster. */
interface Node {
  readonly broker: RunningBroker
  /** Where it talks to the other nodes. */
  readonly bus: number
}

/** A Redis Cluster of three masters. What is done to it is done to the master that has one topic. */
export class RunningCluster implements Broker {
  readonly #nodes: readonly Node[]
  readonly #channel: string
  #owner: Node
  #replica: Node | undefined

  constructor(nodes: readonly Node[], owner: Node, channel: string) {
    this.#nodes = nodes
    this.#owner = owner
    this.#channel = channel
  }

  get ports(): readonly number[] {
    return this.#all.map(({ broker }) => broker.port)
  }

  get #all(): readonly Node[] {
    return this.#replica === undefined ? this.#nodes : [...this.#nodes, this.#replica]
  }

  /** A master that does not have the topic. */
  get other(): RunningBroker {
    return this.#another.broker
  }

  get #another(): Node {
    // There are three.
    return this.#nodes.find((node) => node !== this.#owner) as Node
  }

  async start(): Promise<void> {
    await this.#owner.broker.start()
    await this.#whole()
  }

  async kill(): Promise<void> {
    await this.#owner.broker.kill()
  }

  stop(): void {
    this.#owner.broker.stop()
  }

  continue(): void {
    this.#owner.broker.continue()
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ broker }) => broker.close()))
  }

  /** Gives the master of the topic a replica, which takes its place when it is gone. */
  async addReplica(): Promise<void> {
    const replica = await startNode()
    this.#replica = replica
    const id = await command(this.#owner.broker, 'CLUSTER', 'MYID')
    await meet(replica, this.#owner)
    await until(async () => (await command(replica.broker, 'CLUSTER', 'NODES')).includes(id))
    await command(replica.broker, 'CLUSTER', 'REPLICATE', id)
    await until(async () => {
      const replication = await command(replica.broker, 'INFO', 'replication')
      return replication.includes('master_link_status:up')
    })
    await this.#whole()
  }

  /** Another master takes over the slot of the topic. */
  async moveSlot(): Promise<void> {
    const [from, to] = [this.#owner, this.#another]
    const slot = await command(from.broker, 'CLUSTER', 'KEYSLOT', this.#channel)
    const [fromId, toId] = [
      await command(from.broker, 'CLUSTER', 'MYID'),
      await command(to.broker, 'CLUSTER', 'MYID'),
    ]
    await command(to.broker, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId)
    await command(from.broker, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId)
    this.#owner = to
    for (const { broker } of [to, ...this.#nodes]) {
      await command(broker, 'CLUSTER', 'SETSLOT', slot, 'NODE', toId)
    }
  }

  /** Waits until all nodes find it complete. */
  async #whole(): Promise<void> {
    for (const { broker } of this.#all) {
      await until(async () =>
        (await command(broker, 'CLUSTER', 'INFO')).includes('cluster_state:ok'),
      )
    }
  }

  static async start(topic: string): Promise<RunningCluster> {
    const channel = `wirebeat:topic-${topic}`
    const nodes: Node[] = []
    for (let count = 0; count < MASTERS; count++) nodes.push(await startNode())
    for (const [index, node] of nodes.entries()) {
      const [from, to] = [index * SHARE, Math.min((index + 1) * SHARE, SLOTS) - 1]
      await command(node.broker, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
      await command(node.broker, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to))
      // There are three.
      await meet(node, nodes[0] as Node)
    }
    // There are three.
    const [first] = nodes as [Node]
    const slot = Number(await command(first.broker, 'CLUSTER', 'KEYSLOT', channel))
    const owner = nodes[Math.floor(slot / SHARE)] ?? first
    const cluster = new RunningCluster(nodes, owner, channel)
    await cluster.#whole()
    return cluster
  }
}

/** Starts a Redis Cluster. What is done to it is done to the master that has the topic. */
export function startCluster(topic: string): Promise<RunningCluster> {
  return RunningCluster.start(topic)
}

async function startNode(): Promise<Node> {
  const bus = await freePort()
  const broker = await startBroker(REDIS, [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(bus)],
    ...['--cluster-node-timeout', String(NODE_TIMEOUT)],
    // A replica that was just made has nothing to wait for.
    ...['--cluster-replica-validity-factor', '0'],
  ])
  return { broker, bus }
}

async function meet(node: Node, other: Node): Promise<void> {
  const { broker, bus } = other
  await command(node.broker, 'CLUSTER', 'MEET', '127.0.0.1', String(broker.port), String(bus))
}

async function command(broker: RunningBroker, ...words: readonly string[]): Promise<string> {
  const client = createClient({ url: `redis://127.0.0.1:${broker.port}`, RESP: 2 })
  await client.connect()
  try {
    return String(await client.sendCommand([...words]))
  } finally {
    client.destroy()
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(50)
}
