import type { TransportKind } from '@wirebeat/core/extension'
import type { Address, Carrier, CarrierListener, Open } from './carrier.ts'
import { Changes } from './changes.ts'
import { openEvents } from './events-carrier.ts'
import { describeRecords } from './message-pack.ts'
import { openPolls } from './polls-carrier.ts'
import { type EncodingName, SEPARATOR } from './record.ts'
import { openWebSocket } from './web-socket-carrier.ts'

/** What has come to a client. */
export type Arrival =
  | { readonly kind: 'record'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'end'; readonly text: string }

/** Of a connection over each transport, what opens it. */
const OPEN: Readonly<Record<TransportKind, Open>> = {
  'web-sockets': openWebSocket,
  'server-sent-events': openEvents,
  'long-polling': openPolls,
}

/** A client that takes nothing for granted of the hub protocol: it shows what comes, and sends what it is told to. */
export class RawClient implements CarrierListener {
  readonly #encoding: EncodingName
  readonly #arrivals: Arrival[] = []
  readonly #changes = new Changes()
  #carrier: Carrier | undefined
  #hasHandshake: boolean
  #pings = 0
  /** The last number that the server has acknowledged. */
  #acknowledged = 0
  #isOver = false
  #isClosing = false

  private constructor(encoding: EncodingName, hasHandshake: boolean) {
    this.#encoding = encoding
    this.#hasHandshake = hasHandshake
  }

  /**
   * Resolves with the client, or with the answer that refused it.
   *
   * @param hasHandshake whether the handshake was made by another WebSocket
   */
  static async open(
    transport: TransportKind,
    address: Address,
    hasHandshake: boolean,
  ): Promise<RawClient | string> {
    const client = new RawClient(address.encoding, hasHandshake)
    const opened = await OPEN[transport](address, client)
    if (typeof opened === 'string') return opened
    client.#carrier = opened
    return client
  }

  /** Whether it has ended, and all that came before has been taken. */
  get isOver(): boolean {
    return this.#isOver && this.#arrivals.length === 0
  }

  send(data: string | Buffer, isFinal = true): void {
    this.#carrier?.send(data, isFinal)
  }

  close(code: number | undefined, reason: string): void {
    this.#isClosing = true
    this.#carrier?.close(code, reason)
  }

  /** Ends the TCP connections, without a close frame. */
  cut(): void {
    this.#carrier?.cut()
  }

  pause(): void {
    this.#carrier?.pause()
  }

  resume(): void {
    this.#carrier?.resume()
  }

  /** What came next, if it came within so many milliseconds. */
  async next(ms: number): Promise<Arrival | undefined> {
    await this.#changes.until(() => this.#arrivals.length > 0, ms)
    return this.#arrivals.shift()
  }

  /** Resolves with whether a ping came within so many milliseconds, if none has come before. */
  async nextPing(ms: number): Promise<boolean> {
    await this.#changes.until(() => this.#pings > 0 || this.#isOver, ms)
    return this.#pings > 0
  }

  /** Resolves with how many records were acknowledged: as many as asked, or what it was after so many milliseconds. */
  async acknowledgement(number: number, ms: number): Promise<number> {
    await this.#changes.until(() => this.#acknowledged >= number || this.#isOver, ms)
    return this.#acknowledged
  }

  get wasPinged(): boolean {
    return this.#pings > 0
  }

  forgetPings(): void {
    this.#pings = 0
  }

  // For the carrier.

  message(data: Buffer, isBinary: boolean): void {
    let bytes = data
    // The answer to a handshake is JSON in both encodings.
    if (isBinary && this.#encoding === 'messagepack' && !this.#hasHandshake) {
      const end = bytes.indexOf(SEPARATOR)
      this.#takeText(bytes.subarray(0, end + 1).toString(), '')
      bytes = bytes.subarray(end + 1)
    }
    const isExpected = isBinary === (this.#encoding === 'messagepack')
    if (!isBinary) this.#takeText(bytes.toString(), isExpected ? '' : 'as text: ')
    else if (this.#encoding === 'json') this.#takeText(bytes.toString(), 'as binary: ')
    else for (const { text, value } of describeRecords(bytes)) this.#record(text, value)
    this.#changes.tell()
  }

  note(text: string): void {
    this.#arrivals.push({ kind: 'record', text, value: undefined })
    this.#changes.tell()
  }

  ended(text: string): void {
    this.#isOver = true
    this.#arrivals.push({ kind: 'end', text })
    this.#changes.tell()
  }

  #takeText(text: string, note: string): void {
    const records = text.split(SEPARATOR)
    const rest = records.pop() ?? ''
    for (const record of records) this.#record(note + record, parse(record))
    if (rest !== '') this.#record(`${note}incomplete: ${rest}`, undefined)
    this.#hasHandshake = true
  }

  #record(text: string, value: unknown): void {
    // Whether the genuine server still sends one, when it has read the close frame, is left to chance.
    if (this.#isClosing && /^(\{"type":7|\[7,)/.test(text)) return
    const [, acknowledged] = /^(?:\{"type":8,"sequenceId":|\[8,)(-?\d+)[}\]]$/.exec(text) ?? []
    if (acknowledged !== undefined) this.#acknowledged = Number(acknowledged)
    else if (text === '{"type":6}' || text === '[6]') this.#pings++
    else this.#arrivals.push({ kind: 'record', text, value })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
