import { checkNames, OptionError, wrongValue } from '../runtime/option-error.ts'

/** How much one client may send, on average. At least one of `messages` and `bytes` is given. */
export interface MessageRate {
  /**
   * Messages per second: a finite number above 0. A ping, and a pong that answers no ping of the server, count as
   * one each. Default: no limit.
   */
  readonly messages?: number
  /** Bytes of messages per second, after decompression: a finite number above 0. Default: no limit. */
  readonly bytes?: number
  /**
   * How much may arrive at once, in seconds of the average: a finite number above 0. One message may always
   * arrive. Default: 1.
   */
  readonly burst?: number
}

/** Token buckets for what one connection sends. They start full. */
export class RateLimit {
  readonly #messages: TokenBucket | undefined
  readonly #bytes: TokenBucket | undefined
  /** Pings that were sent, less the pongs that came. A client may answer the last of several only. */
  #expectedPongs = 0

  /**
   * @param maxMessageSize bytes of the largest message that must be able to pass
   * @param now milliseconds of the endpoint's clock
   */
  constructor({ messages, bytes, burst = 1 }: MessageRate, maxMessageSize: number, now: number) {
    this.#messages = bucket(messages, burst, 1, now)
    this.#bytes = bucket(bytes, burst, maxMessageSize, now)
  }

  /** Counts one message, or a ping as a message without bytes. Returns `false` when it is over the limit. */
  take(size: number, now: number): boolean {
    return (this.#messages?.take(1, now) ?? true) && (this.#bytes?.take(size, now) ?? true)
  }

  /** Notes that the server has sent a ping, whose answer does not count. */
  expectPong(): void {
    this.#expectedPongs++
  }

  /** Counts a pong that nobody asked for, as a message without bytes. Returns `false` when it is over the limit. */
  takePong(now: number): boolean {
    if (this.#expectedPongs === 0) return this.take(0, now)
    this.#expectedPongs--
    return true
  }
}

/** @param least what must be able to pass at once */
function bucket(
  rate: number | undefined,
  burst: number,
  least: number,
  now: number,
): TokenBucket | undefined {
  return rate === undefined ? undefined : new TokenBucket(rate, Math.max(least, rate * burst), now)
}

class TokenBucket {
  readonly #rate: number
  readonly #capacity: number
  #tokens: number
  #filledAt: number

  /** @param rate tokens a second */
  constructor(rate: number, capacity: number, now: number) {
    this.#rate = rate
    this.#capacity = capacity
    this.#tokens = capacity
    this.#filledAt = now
  }

  take(amount: number, now: number): boolean {
    const earned = ((now - this.#filledAt) * this.#rate) / 1000
    this.#tokens = Math.min(this.#capacity, this.#tokens + earned)
    this.#filledAt = now
    if (this.#tokens < amount) return false
    this.#tokens -= amount
    return true
  }
}

/**
 * Checks the option `messageRate`, and returns it in its long form.
 *
 * @throws OptionError for a value that is not a rate.
 */
export function resolveMessageRate(rate: number | MessageRate): MessageRate {
  if (typeof rate !== 'object' || rate === null) {
    const allowed = 'a finite number of messages per second above 0, or an object of rates'
    checkRate('messageRate', rate, allowed)
    return { messages: rate }
  }
  checkNames(rate, ['messages', 'bytes', 'burst'], 'messageRate.')
  const { messages, bytes, burst } = rate
  if (messages === undefined && bytes === undefined) {
    throw new OptionError(
      'messageRate',
      'messageRate must have messages, bytes or both, got neither.',
    )
  }
  checkRate('messageRate.messages', messages, 'a finite number of messages per second above 0')
  checkRate('messageRate.bytes', bytes, 'a finite number of bytes per second above 0')
  checkRate('messageRate.burst', burst, 'a finite number of seconds above 0')
  // What was checked, and not what a copy finds: a value may be inherited.
  return {
    ...(messages !== undefined && { messages }),
    ...(bytes !== undefined && { bytes }),
    ...(burst !== undefined && { burst }),
  }
}

function checkRate(name: string, value: unknown, allowed: string): void {
  if (value === undefined) return
  const isRate = typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY
  if (!isRate) throw wrongValue(name, value, allowed)
}
