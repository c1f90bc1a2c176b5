import { MAX_LEVELS } from '../levels.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

/**
 * Where the object ends with which a text begins.
 *
 * @returns 0 when the text begins with something else, or with an object that does not end or has too many levels
 */
export function objectEnd(text: string): number {
  if (!/^[ \t\r\n]*\{/.test(text)) return 0
  let levels = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at)
        break
      case OPENING_BRACE:
      case OPENING_BRACKET:
        if (++levels > MAX_LEVELS) return 0
        break
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        if (--levels === 0) return at + 1
        break
    }
  }
  return 0
}

/** Where the closing quote of a string stands. */
function stringEnd(text: string, opening: number): number {
  for (let at = opening + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) return at
    if (unit === BACKSLASH) at++
  }
  return text.length
}
