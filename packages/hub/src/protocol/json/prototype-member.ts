import { MAX_LEVELS } from '../levels.ts'

const NAME = '__proto__'

/**
 * Whether an object within a value of `JSON.parse` has a member `__proto__`. It is an ordinary member there, but what
 * copies members by assignment, as `Object.assign` does, sets the prototype of the copy.
 */
export function hasPrototypeMember(value: unknown): boolean {
  if (!isObject(value)) return false
  return Object.hasOwn(value, NAME) || Object.values(value).some(hasPrototypeMember)
}

/**
 * Whether a value of `JSON.parse` has no such member, and no more levels than a record may have.
 *
 * @param level how many objects and arrays are around it
 */
export function isHarmless(value: unknown, level: number): boolean {
  // Most values within are no objects, and need no call.
  return !isObject(value) || isHarmlessObject(value, level)
}

function isHarmlessObject(object: object, level: number): boolean {
  if (level >= MAX_LEVELS) return false
  if (Array.isArray(object)) {
    for (const item of object)
      if (isObject(item) && !isHarmlessObject(item, level + 1)) return false
    return true
  }
  const members = object as Readonly<Record<string, unknown>>
  for (const name in members) {
    if (name === NAME) return false
    const member = members[name]
    if (isObject(member) && !isHarmlessObject(member, level + 1)) return false
  }
  return true
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
