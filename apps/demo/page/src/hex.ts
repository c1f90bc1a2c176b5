/** The bytes that a person wrote in hex, or the words that say what is wrong. */
export type ParsedHex =
  | { ok: true; bytes: Uint8Array<ArrayBuffer> }
  | { ok: false; problem: string }

/**
 * Reads bytes as people copy them: `48656c6c6f`, `48 65 6c`, `0x48, 0x65`, `48:65`. Nothing at all is
 * an empty message.
 */
export function parseHex(text: string): ParsedHex {
  const digits = text.replace(/0x/gi, ' ').replace(/[\s,:;-]+/g, ' ')
  const [stranger] = /[^\da-f ]/iu.exec(digits) ?? []
  if (stranger !== undefined) return { ok: false, problem: `“${stranger}” is no hex digit` }
  const groups = digits.split(' ').filter((group) => group !== '')
  const odd = groups.find((group) => group.length % 2 === 1)
  if (odd !== undefined) return { ok: false, problem: `“${odd}” is half a byte: two digits each` }
  const pairs = groups.join('').match(/../g) ?? []
  return { ok: true, bytes: Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)) }
}
