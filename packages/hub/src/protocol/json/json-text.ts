import { MAX_LEVELS } from '../levels.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const OPENING_BRACE = 0x7b
const CLOSING_BRACE = 0x7d

/**
 * Whether objects and arrays stand in one another too deep.
 *
 * @param above how many there are around the text
 */
export function isTooDeep(text: string, above = 0): boolean {
  const most = MAX_LEVELS - above
  // Each takes two characters, so a short text has too few, and most longer ones do not have as many in all.
  if (text.length <= 2 * most) return false
  if (count(text, '[', most) + count(text, '{', most) <= most) return false
  return walk(text, most) === 'too-deep'
}

/** Where the object ends with which a text begins. 0 when it does not begin with one, or when that is too deep. */
export function objectEnd(text: string): number {
  const end = /^[ \t\r\n]*\{/.test(text) ? walk(text, MAX_LEVELS) : 0
  return typeof end === 'number' ? end : 0
}

/** Looks at the outermost value. Returns where it ends. */
function walk(text: string, most: number): number | 'too-deep' | 'endless' {
  let levels = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at)
        break
      case OPENING_BRACE:
      case OPENING_BRACKET:
        if (++levels > most) return 'too-deep'
        break
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        if (--levels === 0) return at + 1
        break
    }
  }
  return 'endless'
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

/** How often a character occurs. Ends beyond `most`. */
function count(text: string, character: string, most: number): number {
  let found = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) {
    if (++found > most) break
  }
  return found
}
