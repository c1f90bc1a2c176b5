import type { BroadcastLoad } from './load.ts'

/** What a server is asked to publish. */
export interface Broadcast extends Pick<BroadcastLoad, 'size' | 'together' | 'perSecond'> {}

/** Different messages, which follow one another over and over. */
const MESSAGES = 16

/**
 * The messages of a broadcast: text of exactly this size, about as compressible as JSON is, and without
 * characters that a protocol above would escape. Each begins with its place.
 */
export function broadcastMessages(size: number): readonly string[] {
  const random = numbers()
  return Array.from({ length: MESSAGES }, (_, place) => {
    let text = `${String(place).padStart(8, '0')};`
    while (text.length < size) {
      const [id, price, side] = [
        random() % 100_000,
        random() % 1_000,
        random() % 2 ? 'buy' : 'sell',
      ]
      text += `{id:${id},price:${price}.00,side:${side},venue:wirebeat}`
    }
    return text.slice(0, size)
  })
}

/** The same numbers in every run (a linear congruential generator). */
function numbers(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}
