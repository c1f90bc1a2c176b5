import { createClient } from 'redis'
import { addressOf, type NodeAddress, type Settings } from './settings.ts'

/** How often each connection is asked whether it still works, in milliseconds. */
const PING = 5_000
/** After how long without a word from Redis a connection is taken for lost. */
const SILENT = 20_000

/** One connection to Redis. */
export type Client = ReturnType<typeof createClient>

/** Makes clients that differ in their address only. */
export class Clients {
  readonly #template: Client
  readonly #socket: object

  /** @param url whose user, password, database and protocol hold for all of them */
  constructor(url: string, { client, connectTimeout }: Settings) {
    const { socket, commandOptions, ...others } = client
    // The client would make a timer for each command, which takes as long as all else. A connection that is silent is
    // lost anyway, with what waits for an answer.
    const noTimeout: object = { timeout: undefined }
    this.#socket = {
      socketTimeout: SILENT,
      ...socket,
      ...addressOf(url),
      ...(url.startsWith('rediss:') ? { tls: true } : {}),
      connectTimeout,
      // The client would subscribe again by itself, and in a cluster forget what it was subscribed to.
      reconnectStrategy: false,
    }
    // The library makes a class of two hundred methods for each object of options.
    this.#template = createClient({
      ...others,
      url,
      // What cannot be sent now is told at once. The client's own queue loses what it holds without a word.
      disableOfflineQueue: true,
      pingInterval: PING,
      commandOptions: { ...noTimeout, ...commandOptions },
    })
  }

  /** A client for one connection. When that is lost, it is over: another client makes the next one. */
  make(address?: NodeAddress): Client {
    // With the URL of the template, it would have its address.
    const own: object = { socket: { ...this.#socket, ...address }, url: undefined }
    return this.#template.duplicate(own) as Client
  }
}

type Receive = (payload: Buffer, name: Buffer) => void

/** The commands of one kind of pub/sub. What is given to one call leaves in one write. */
export interface PubSub {
  publish(client: Client, name: string, payload: Buffer): Promise<unknown>
  subscribe(client: Client, names: readonly string[], receive: Receive): Promise<unknown>
  unsubscribe(client: Client, names: readonly string[]): Promise<unknown>
}

/** On one Redis. */
export const PLAIN: PubSub = {
  publish: (client, name, payload) => client.publish(name, payload),
  subscribe: (client, names, receive) => client.subscribe([...names], receive, true),
  unsubscribe: (client, names) => client.unsubscribe([...names]),
}

/** On a cluster, where a message goes to the shard of its channel only. A command takes channels of one slot. */
export const SHARDED: PubSub = {
  publish: (client, name, payload) => client.sPublish(name, payload),
  subscribe: (client, names, receive) =>
    allOf(names.map((name) => client.sSubscribe(name, receive, true))),
  unsubscribe: (client, names) => allOf(names.map((name) => client.sUnsubscribe(name))),
}

export function destroy(client: Client): void {
  try {
    client.destroy()
  } catch {
    // It was not open.
  }
}

/** As `Promise.all`, and waits for all of them also when one has failed. */
export async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
