import { broadcastMessages } from '../broadcast.ts'
import { exchangeOf } from '../dialect.ts'
import type { Traffic } from '../protocol.ts'
import { compressedFrame } from './compression.ts'

const PRINTABLE = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_'
const MARKER_LENGTH = 8
const MASK = 0x7a3c91e5

/**
 * The messages that are under way on one connection, encoded beforehand. Each is marked with its
 * ring and its place, so that an answer to another one is noticed.
 */
export class MessageRing {
  /** What the server has to answer, message by message. */
  readonly echoes: readonly Buffer[]
  /** All messages twice in a row, so that any of them up to a full round are in one piece. */
  readonly #requests: Buffer
  readonly #messageLength: number
  readonly #places: number
  #place = 0

  private constructor(echoes: readonly Buffer[], requests: Buffer) {
    this.echoes = echoes
    this.#requests = requests
    this.#places = echoes.length
    this.#messageLength = requests.length / (2 * echoes.length)
  }

  /** @param number tells this ring's messages from those of other rings */
  static make(traffic: Traffic, number: number): MessageRing {
    const { dialect, type, size, outstanding } = traffic
    const random = randomBytes(number + 1)
    if (traffic.compression) return MessageRing.#compressed(size, number)
    const exchanges = Array.from({ length: outstanding }, (_, place) => {
      const payload = Buffer.alloc(size)
      for (let index = 0; index < size; index++) {
        const byte = random()
        payload[index] = type === 'binary' ? byte : PRINTABLE.charCodeAt(byte & 63)
      }
      const marker = `${number.toString(36)}.${place.toString(36)}`.padEnd(MARKER_LENGTH, '-')
      payload.write(marker.slice(0, MARKER_LENGTH), 'latin1')
      const mask = (random() << 24) | (random() << 16) | (random() << 8) | 1
      return exchangeOf(dialect, type, payload, mask >>> 0)
    })
    const requests = exchanges.map(({ request }) => request)
    return new MessageRing(
      exchanges.map(({ echo }) => echo),
      Buffer.concat([...requests, ...requests]),
    )
  }

  /** One message, since those that are compressed differ in length. What is answered is only counted. */
  static #compressed(size: number, number: number): MessageRing {
    const texts = broadcastMessages(size)
    const text = Buffer.from(texts[number % texts.length] ?? '')
    const request = compressedFrame(text, MASK)
    return new MessageRing([text], Buffer.concat([request, request]))
  }

  /** Another position on the same messages, for another connection. */
  another(): MessageRing {
    return new MessageRing(this.echoes, this.#requests)
  }

  /** Bytes of memory. */
  get byteLength(): number {
    return this.#requests.length * 1.5
  }

  /** The next messages, in one piece. At most as many as are under way. */
  take(count: number): Buffer {
    const start = this.#place * this.#messageLength
    this.#place = (this.#place + count) % this.#places
    return this.#requests.subarray(start, start + count * this.#messageLength)
  }
}

/** The same bytes in every run (xorshift32). */
function randomBytes(seed: number): () => number {
  let state = (seed * 0x9e3779b1) >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 0xff
  }
}
