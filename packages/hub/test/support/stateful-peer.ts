import type { Endpoint, Message } from '@wirebeat/core'
import { HeaderFields, serve } from '@wirebeat/core/adapter'
import { MemoryClient } from '@wirebeat/core/testing'
import { httpTransports } from '@wirebeat/http-transports'
import type { WireRecord } from './peer.ts'

const END = '\u001e'
/** Records up to this type are numbered: calls, items, answers and cancellations. */
const LAST_NUMBERED = 5
const ACKNOWLEDGEMENT = 8
const SEQUENCE = 9

/** What an endpoint needs, so that its clients may come back. */
export const STATEFUL = {
  path: '/hub',
  httpTransports: httpTransports({ statefulReconnect: true }),
} as const

/** Negotiates, and returns the token of the connection. */
async function negotiate(endpoint: Endpoint): Promise<string> {
  const headers = new HeaderFields()
  headers.add('Host', 'server.example')
  const answer = serve(endpoint).answer({
    method: 'POST',
    url: '/hub/negotiate?negotiateVersion=1&useStatefulReconnect=true',
    headers,
    remoteAddress: '192.0.2.1',
    secure: false,
  })
  if (typeof answer !== 'function') throw new Error('The negotiation was refused.')
  const body = await new Promise<string>((resolve) => {
    answer({
      read: (reader) => reader.end(),
      respond: (_head, text) => resolve(String(text)),
      terminate() {},
      stream: () => {
        throw new Error('A negotiation is answered at once.')
      },
      onGone() {},
    })
  })
  return JSON.parse(body).connectionToken
}

/** A client with stateful reconnect, in memory: it numbers what it sends, and keeps it until it is acknowledged. */
export class StatefulPeer {
  readonly #endpoint: Endpoint
  readonly #token: string
  #client: MemoryClient | undefined
  #hasHandshake = false
  /** What it has sent and the server may not have. */
  #kept: WireRecord[] = []
  #sent = 0
  #current = 0
  #received = 0
  /** Until the number of the first record is known, nothing that comes is heard. */
  #awaitsSequence = false
  /** The numbered records that came, each once, and those of closing. */
  readonly heard: WireRecord[] = []
  /** What has come of each kind, by its type. */
  readonly counts = new Map<number, number>()

  private constructor(endpoint: Endpoint, token: string) {
    this.#endpoint = endpoint
    this.#token = token
  }

  static async connect(endpoint: Endpoint, version = 2): Promise<StatefulPeer> {
    const peer = new StatefulPeer(endpoint, await negotiate(endpoint))
    peer.#client = await peer.#open()
    peer.#write({ protocol: 'json', version })
    return peer
  }

  get client(): MemoryClient {
    if (this.#client === undefined) throw new Error('The wire is cut.')
    return this.#client
  }

  get isConnected(): boolean {
    return this.#client?.isOpen === true
  }

  /** How many of its records were not acknowledged. */
  get outstanding(): number {
    return this.#kept.length
  }

  /** The number of the last record that came. */
  get received(): number {
    return this.#received
  }

  say(...records: readonly WireRecord[]): void {
    for (const record of records) {
      if (Number(record['type']) <= LAST_NUMBERED) {
        this.#sent++
        this.#kept.push(record)
      }
      if (this.isConnected) this.#write(record)
    }
  }

  /** Sends a record into a wire that is dead already. */
  sayInVain(record: WireRecord): void {
    this.#sent++
    this.#kept.push(record)
  }

  acknowledge(number: number = this.#received): void {
    if (this.isConnected) this.#write({ type: ACKNOWLEDGEMENT, sequenceId: number })
  }

  cut(): void {
    this.#client?.vanish()
    this.#client = undefined
  }

  /**
   * Opens another wire, whether or not the former one was cut, and sends what the server may not have.
   *
   * @param most how many records leave before that wire is dead as well
   */
  async comeBack(most = Number.POSITIVE_INFINITY): Promise<void> {
    this.#awaitsSequence = true
    this.#client = await this.#open()
    this.#write({ type: SEQUENCE, sequenceId: this.#sent - this.#kept.length + 1 })
    for (const record of this.#kept.slice(0, most)) this.#write(record)
  }

  #open(): Promise<MemoryClient> {
    const url = `/hub?id=${this.#token}`
    let wire: MemoryClient | undefined
    return MemoryClient.connect(this.#endpoint, {
      url,
      // What the former wire still brings is of no interest.
      onMessage: (message) => {
        if (wire === undefined || wire === this.#client || this.#client === undefined) {
          this.#take(message)
        }
      },
    }).then((client) => {
      wire = client
      return client
    })
  }

  #write(record: WireRecord): void {
    this.client.send(JSON.stringify(record) + END)
  }

  #take(message: Message): void {
    for (const text of String(message).split(END).slice(0, -1)) this.#hear(JSON.parse(text))
  }

  #hear(record: WireRecord): void {
    if (!this.#hasHandshake) {
      this.#hasHandshake = true
      return
    }
    const type = Number(record['type'])
    this.counts.set(type, (this.counts.get(type) ?? 0) + 1)
    if (type === SEQUENCE) {
      this.#awaitsSequence = false
      this.#current = Number(record['sequenceId']) - 1
      if (this.#current > this.#received) throw new Error('Records are missing.')
    } else if (this.#awaitsSequence) {
      return
    } else if (type === ACKNOWLEDGEMENT) {
      const first = this.#sent - this.#kept.length + 1
      this.#kept.splice(0, Number(record['sequenceId']) - first + 1)
    } else if (type > LAST_NUMBERED) {
      if (type === 7) this.heard.push(record)
    } else if (++this.#current > this.#received) {
      this.#received = this.#current
      this.heard.push(record)
    }
  }
}
