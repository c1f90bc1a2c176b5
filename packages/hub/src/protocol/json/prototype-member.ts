import { MAX_LEVELS } from '../levels.ts'

const NAME = '__proto__'

/**
 * Whether an object within a value of `JSON.parse` has a member `__proto__`. It is an ordinary member there, but what
 * copies members by assignment, as `Object.assign` does, sets the prototype of the copy.
 */
export function hasPrototypeMember(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.hasOwn(value, NAME) || Object.values(value).some(hasPrototypeMember)
}

/**
 * Whether a value of `JSON.parse` has no such member, and no more levels than a record may have.
 *
 * @param level how many objects and arrays are around it
 */
export function isHarmless(value: unknown, level: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (level >= MAX_LEVELS) return false
  if (Array.isArray(value)) {
    for (const item of value) if (!isHarmless(item, level + 1)) return false
    return true
  }
  const members = value as Readonly<Record<string, unknown>>
  for (const name in members) {
    if (name === NAME || !isHarmless(members[name], level + 1)) return false
  }
  return true
}
