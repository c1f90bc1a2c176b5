/** Characters of one to four bytes, by their length. */
const CHARACTERS = [
  ['a', 'Z', '0', ' ', '\0', '\n', '\x7f'],
  ['é', 'ß', 'ш', '\x80', '\u07ff'],
  ['€', '漢', '\ufeff', '\ud7ff', '\ue000', '\uffff'],
  ['🌊', '𝄞', '\u{10000}', '\u{10ffff}'],
] as const

const BYTE_ORDER_MARK = '\ufeff'

/** Numbers from 0 to 2^32 - 1 that follow from a seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

/** Bytes that follow from a seed: any bytes for binary, UTF-8 with characters of any length for text. */
export function contents(type: 'text' | 'binary', size: number, seed: number): Uint8Array {
  const next = numbersFrom(seed)
  if (type === 'binary') return Uint8Array.from({ length: size }, () => next() & 0xff)

  let text = size >= 3 && next() % 4 === 0 ? BYTE_ORDER_MARK : ''
  for (let left = size - 3 * text.length; left > 0; ) {
    const length = 1 + (next() % Math.min(4, left))
    const choice = CHARACTERS[length - 1] ?? CHARACTERS[0]
    text += choice[next() % choice.length]
    left -= length
  }
  return new TextEncoder().encode(text)
}
