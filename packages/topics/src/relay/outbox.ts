import type { Clock } from '@wirebeat/core'
import { Deferred } from '@wirebeat/core/extension'
import type { Backplane, BackplaneMessage } from './backplane.ts'
import { longestHead, publicationsHead, type Sender } from './envelope.ts'
import type { NumberedPlace } from './sent-streams.ts'

/**
 * How many bytes may be on their way to the broker, or wait for the end of the turn. A backplane that takes larger
 * messages may have one of them under way.
 */
const MAX_UNDER_WAY = 16 * 1024 * 1024

/** What one turn hands over to the backplane. */
export class Batch {
  readonly #outcome = new Deferred<boolean>()
  /** Resolves with whether the broker has taken all of it. Never rejects. */
  readonly confirmed: Promise<boolean> = this.#outcome.promise

  settle(isTaken: boolean): void {
    this.#outcome.resolve(isTaken)
  }
}

/** Publications to one channel that leave as one message. */
class Bundle {
  readonly first: NumberedPlace
  readonly #publications: Uint8Array[] = []
  /** Of all publications, in bytes. */
  length = 0

  constructor(first: NumberedPlace) {
    this.first = first
  }

  add(publication: Uint8Array): void {
    this.#publications.push(publication)
    this.length += publication.length
  }

  message(sender: Sender): BackplaneMessage {
    const count = this.#publications.length
    const head = publicationsHead(sender, this.first, this.first.number, count)
    const payload = new Uint8Array(head.length + this.length)
    payload.set(head)
    let offset = head.length
    for (const publication of this.#publications) {
      payload.set(publication, offset)
      offset += publication.length
    }
    return { channel: this.first.channel, payload }
  }
}

/** Gathers what is published in one turn of the event loop. All of it leaves together, one message for each channel. */
export class Outbox {
  readonly #backplane: Backplane
  readonly #clock: Clock
  readonly #sender: Sender
  /** In the order in which they began. */
  #bundles: Bundle[] = []
  /** The latest bundle of each channel, to which more may be added. */
  readonly #latest = new Map<string, Bundle>()
  #batch: Batch | undefined
  #waiting = 0
  #underWay = 0

  constructor(backplane: Backplane, clock: Clock, sender: Sender) {
    this.#backplane = backplane
    this.#clock = clock
    this.#sender = sender
  }

  /** How many bytes one publication may have. */
  get maxPublication(): number {
    return this.#backplane.maxPayload - longestHead(this.#sender)
  }

  /** Whether a publication of so many bytes can be handed over now. */
  hasRoom(bytes: number): boolean {
    const most = Math.max(MAX_UNDER_WAY, this.#backplane.maxPayload)
    return this.#underWay + this.#waiting + bytes <= most
  }

  add(place: NumberedPlace, publication: Uint8Array): Batch {
    const { channel } = place
    let bundle = this.#latest.get(channel)
    const size = (bundle?.length ?? 0) + publication.length
    if (bundle?.first.stream !== place.stream || size > this.maxPublication) {
      bundle = new Bundle(place)
      this.#bundles.push(bundle)
      this.#latest.set(channel, bundle)
    }
    bundle.add(publication)
    this.#waiting += publication.length
    if (this.#batch === undefined) this.#clock.afterTurn(() => this.flush())
    this.#batch ??= new Batch()
    return this.#batch
  }

  /**
   * Sends a message at once, and before it what was gathered, which may be for the same connection.
   *
   * @returns a promise that rejects when the broker has not taken it, and when too much waits for the broker.
   */
  async send(message: BackplaneMessage): Promise<void> {
    const bytes = message.payload.length
    if (!this.hasRoom(bytes)) throw new Error('Too much waits for the broker.')
    this.flush()
    this.#underWay += bytes
    try {
      await this.#backplane.publish([message])
    } finally {
      this.#underWay -= bytes
    }
  }

  /** Hands over what was gathered. */
  flush(): void {
    const batch = this.#batch
    if (batch === undefined) return
    const messages = this.#bundles.map((bundle) => bundle.message(this.#sender))
    const bytes = this.#waiting
    this.#batch = undefined
    this.#bundles = []
    this.#latest.clear()
    this.#waiting = 0
    this.#underWay += bytes
    this.#backplane.publish(messages).then(
      () => this.#settle(batch, bytes, true),
      () => this.#settle(batch, bytes, false),
    )
  }

  #settle(batch: Batch, bytes: number, isTaken: boolean): void {
    this.#underWay -= bytes
    batch.settle(isTaken)
  }
}
