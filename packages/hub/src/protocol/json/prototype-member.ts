const NAME = '__proto__'

/**
 * Whether an object within a value has a member `__proto__`. JSON.parse makes an ordinary member of it, but what
 * copies the members by assignment, as `Object.assign` does, sets the prototype of the copy.
 *
 * @param text that the value was parsed from
 */
export function hasPrototypeMember(value: unknown, text: string): boolean {
  // Any character may be written as an escape.
  if (!text.includes(NAME) && !text.includes('\\u00')) return false
  return isFoundIn(value)
}

function isFoundIn(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.hasOwn(value, NAME) || Object.values(value).some(isFoundIn)
}
