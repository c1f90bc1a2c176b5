import type { Clock, Connection, Prepared, SendResult } from '@wirebeat/core'
import type { Reconnectable, SentLog, TextCounter } from '@wirebeat/core/extension'
import type { Encoded, HubEncoding, RecordReader } from '../protocol/encoding.ts'
import type { Incoming } from '../protocol/record.ts'
import { AheadReader } from './ahead-reader.ts'
import { ReceivedRecords } from './received-records.ts'
import { SentRecords } from './sent-records.ts'

/** How long a client may wait to be told what has arrived, in milliseconds. */
const ACKNOWLEDGE_WITHIN = 1_000
/** After so many bytes it is told at once, because it keeps them until then. */
const ACKNOWLEDGE_AFTER = 16 * 1024

/** What stateful reconnect needs of its connection. */
interface Owner {
  readonly connection: Connection
  readonly encoding: HubEncoding
  readonly clock: Clock
}

/**
 * Stateful reconnect of one connection: records are numbered in both directions, and kept until the other side says that
 * it has them. So the connection outlives its wire, and nothing is lost or done twice.
 */
export class StatefulReconnect implements SentLog {
  /** Reads what the client sends. */
  readonly reader: AheadReader
  readonly #owner: Owner
  readonly #reconnectable: Reconnectable
  readonly #sent: SentRecords
  readonly #received = new ReceivedRecords()
  /** Bytes that have come since the client was told what has arrived. */
  #untold = 0
  #cancelTelling: (() => void) | undefined
  /** What is sent now is no record that is numbered. */
  #isAside = false

  /** @param bufferSize how many bytes may be kept until `send` returns `queued` */
  constructor(
    owner: Owner,
    reconnectable: Reconnectable,
    reader: RecordReader,
    bufferSize: number,
  ) {
    this.reader = new AheadReader(reader)
    this.#owner = owner
    this.#reconnectable = reconnectable
    this.#sent = new SentRecords(bufferSize, owner.encoding.format)
    reconnectable.keepBy(this)
  }

  // For the transport.

  get excess(): number {
    return this.#sent.excess
  }

  add(message: string | Uint8Array | Prepared, counter: TextCounter): number | undefined {
    return this.#isAside ? undefined : this.#sent.add(message, counter)
  }

  replay(send: (message: string | Uint8Array | Prepared) => void): void {
    this.reader.cutOff()
    send(this.#owner.encoding.sequence(this.#sent.first))
    this.#sent.replay(send)
    // What was told may have been lost with the wire.
    if (this.#received.last > 0) this.#tellSoon()
  }

  // For the connection.

  /** Sends a record that is not numbered, such as a ping. */
  sendAside(encoded: Encoded): SendResult {
    this.#isAside = true
    try {
      return this.#owner.connection.send(encoded)
    } finally {
      this.#isAside = false
    }
  }

  arrived(size: number): void {
    this.#untold += size
  }

  /**
   * Numbers a record, and takes what it says of numbers.
   *
   * @returns whether it is to be handled
   * @throws RecordError for a number that cannot be.
   */
  accepts(record: Incoming): boolean {
    switch (record.kind) {
      case 'acknowledgement':
        this.#acknowledged(record.sequenceId)
        return false
      case 'sequence':
        this.#received.continueAt(record.sequenceId)
        return false
      case 'ping':
      case 'close':
      case 'unknown':
        return true
      default:
        return this.#count()
    }
  }

  /**
   * Takes the acknowledgements that stand behind records which must wait, while more is kept than should be.
   *
   * @returns whether no more is kept now, so that the records can be read
   */
  lookAhead(): boolean {
    if (this.excess === 0) return false
    do {
      const acknowledged = this.reader.nextAcknowledgement()
      if (acknowledged === undefined) return false
      this.#acknowledged(acknowledged)
    } while (this.excess > 0)
    return true
  }

  end(): void {
    this.#cancelTelling?.()
  }

  #acknowledged(number: number): void {
    this.#sent.acknowledged(number)
    this.#reconnectable.acknowledged()
  }

  #count(): boolean {
    const isNew = this.#received.count()
    // While the client has not taken what it was sent, it may as well send less.
    const isMuch = this.#untold >= ACKNOWLEDGE_AFTER && this.reader.buffered === 0
    if (isMuch && this.excess === 0) this.#tell()
    else this.#tellSoon()
    return isNew
  }

  #tellSoon(): void {
    this.#cancelTelling ??= this.#owner.clock.schedule(() => this.#tell(), ACKNOWLEDGE_WITHIN)
  }

  #tell(): void {
    this.#cancelTelling?.()
    this.#cancelTelling = undefined
    this.#untold = 0
    this.sendAside(this.#owner.encoding.acknowledgement(this.#received.last))
  }
}
