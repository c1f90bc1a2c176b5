import type { Endpoint } from '@wirebeat/core'
import { MemoryClient, type MemoryClientOptions } from '@wirebeat/core/testing'

/** A record of the hub protocol, as it is written in JSON. */
export type WireRecord = Readonly<Record<string, unknown>>

const END = '\u001e'

/** A client in memory that writes and reads records by hand. */
export class Peer {
  readonly client: MemoryClient
  readonly #records: WireRecord[] = []

  constructor(client: MemoryClient) {
    this.client = client
  }

  /** Connects and shakes hands. */
  static async connect(endpoint: Endpoint, options: MemoryClientOptions = {}): Promise<Peer> {
    const peer = new Peer(await MemoryClient.connect(endpoint, options))
    peer.say({ protocol: 'json', version: 1 })
    await peer.next()
    return peer
  }

  /** Sends records, all in one message. */
  say(...records: readonly WireRecord[]): void {
    this.client.send(records.map((record) => JSON.stringify(record) + END).join(''))
  }

  call(id: string | undefined, target: string, ...args: readonly unknown[]): void {
    this.say(invocation(id, target, ...args))
  }

  stream(id: string, target: string, ...args: readonly unknown[]): void {
    this.say({ type: 4, invocationId: id, target, arguments: args })
  }

  /** The next record. */
  async next(): Promise<WireRecord> {
    for (;;) {
      const record = this.#records.shift()
      if (record !== undefined) return record
      const message = await this.client.message()
      if (typeof message !== 'string') throw new Error('Records of JSON are texts.')
      for (const text of message.split(END).slice(0, -1)) this.#records.push(JSON.parse(text))
    }
  }

  /** The next records. */
  async take(count: number): Promise<readonly WireRecord[]> {
    const records: WireRecord[] = []
    while (records.length < count) records.push(await this.next())
    return records
  }

  /** Calls a method, and returns the record of the answer. */
  async ask(target: string, ...args: readonly unknown[]): Promise<WireRecord> {
    this.call('ask', target, ...args)
    return this.next()
  }

  /** All that comes until an answer to this. */
  async settled(): Promise<readonly WireRecord[]> {
    const id = 'settled'
    this.call(id, 'no such method')
    const records: WireRecord[] = []
    for (;;) {
      const record = await this.next()
      if (record['invocationId'] === id) return records
      records.push(record)
    }
  }
}

export function invocation(
  id: string | undefined,
  target: string,
  ...args: readonly unknown[]
): WireRecord {
  return { type: 1, ...(id !== undefined && { invocationId: id }), target, arguments: args }
}

/** An answer, as the server writes it. */
export const result = (id: string, value: unknown): WireRecord => ({
  type: 3,
  invocationId: id,
  result: value,
})

export const failure = (id: string, error: string): WireRecord => ({
  type: 3,
  invocationId: id,
  error,
})

export const item = (id: string, value: unknown): WireRecord => ({
  type: 2,
  invocationId: id,
  item: value,
})

export const end = (id: string): WireRecord => ({ type: 3, invocationId: id })
