/** For fewer bytes than this, making a view of words costs more than it saves. */
const FEW = 96

/** The mask as it falls on a word: in bytes, and as a word in the order of the machine. */
const turned = new Uint8Array(4)
const turnedWord = new Int32Array(turned.buffer)

/** The bits of a word that ASCII does not have. */
const BEYOND_ASCII = 0x80_80_80_80 | 0

/**
 * Unmasks a payload in place (RFC 6455, section 5.3).
 *
 * Long payloads are unmasked four bytes at a time. A loop over bytes, as that of ws, takes several times as long.
 *
 * @param memory where the payload lies, from `start` to `end`
 * @param mask where the mask lies, at `maskAt`. It may be the same memory
 * @returns whether the payload is ASCII
 */
export function unmask(
  memory: Uint8Array,
  start: number,
  end: number,
  mask: Uint8Array,
  maskAt: number,
): boolean {
  if (end - start < FEW) return unmaskBytes(memory, start, end, mask, maskAt) < 0x80
  // A view of words can begin at a multiple of four only.
  const before = -(memory.byteOffset + start) & 3
  const aligned = start + before
  const words = new Int32Array(memory.buffer, memory.byteOffset + aligned, (end - aligned) >> 2)
  const behind = aligned + 4 * words.length
  for (let i = 0; i < 4; i++) turned[i] = mask[maskAt + ((i + before) & 3)] as number
  const bits =
    unmaskBytes(memory, start, aligned, mask, maskAt) | unmaskBytes(memory, behind, end, turned, 0)
  const bitsOfWords = unmaskWords(words, turnedWord[0] as number)
  return bits < 0x80 && (bitsOfWords & BEYOND_ASCII) === 0
}

// Every index below is within its array.

/** Returns the bits that are set in any byte. */
function unmaskBytes(
  memory: Uint8Array,
  start: number,
  end: number,
  mask: Uint8Array,
  maskAt: number,
): number {
  const a = mask[maskAt] as number
  const b = mask[maskAt + 1] as number
  const c = mask[maskAt + 2] as number
  const d = mask[maskAt + 3] as number
  let bits = 0
  let at = start
  for (; at + 4 <= end; at += 4) {
    bits |= memory[at] = (memory[at] as number) ^ a
    bits |= memory[at + 1] = (memory[at + 1] as number) ^ b
    bits |= memory[at + 2] = (memory[at + 2] as number) ^ c
    bits |= memory[at + 3] = (memory[at + 3] as number) ^ d
  }
  if (at < end) bits |= memory[at] = (memory[at] as number) ^ a
  if (at + 1 < end) bits |= memory[at + 1] = (memory[at + 1] as number) ^ b
  if (at + 2 < end) bits |= memory[at + 2] = (memory[at + 2] as number) ^ c
  return bits
}

/** Returns the bits that are set in any word. */
function unmaskWords(words: Int32Array, mask: number): number {
  const { length } = words
  let bits = 0
  let at = 0
  for (; at + 4 <= length; at += 4) {
    bits |= words[at] = (words[at] as number) ^ mask
    bits |= words[at + 1] = (words[at + 1] as number) ^ mask
    bits |= words[at + 2] = (words[at + 2] as number) ^ mask
    bits |= words[at + 3] = (words[at + 3] as number) ^ mask
  }
  for (; at < length; at++) bits |= words[at] = (words[at] as number) ^ mask
  return bits
}
