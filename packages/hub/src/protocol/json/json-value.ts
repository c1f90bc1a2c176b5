import { SerializationError, tooDeep } from '../encoding.ts'
import { MAX_LEVELS } from '../levels.ts'
import { base64 } from './base64.ts'
import { objectEnd } from './object-end.ts'

/**
 * A value as JSON. `undefined` is null, and bytes are base64.
 *
 * @param level how many objects and arrays are around it
 * @throws SerializationError for a value that has no JSON, or more levels than a record may have.
 */
export function jsonValue(value: unknown, level: number): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'object') return jsonObject(value, level)
  throw new SerializationError(`A ${typeof value} cannot be written as JSON.`)
}

function jsonObject(object: object, level: number): string {
  let text: string
  try {
    if (isPlain(object, level)) return JSON.stringify(object)
    // What toJSON returns may have no JSON.
    text = JSON.stringify(object, bytesAsBase64) ?? 'null'
  } catch (error) {
    throw new SerializationError(`The value cannot be written as JSON. ${error}`, error)
  }
  if (hasTooManyLevels(text, level)) throw tooDeep()
  return text
}

/** Whether JSON.stringify writes an object by itself as it has to be written. */
function isPlain(object: object, level: number): boolean {
  if (level >= MAX_LEVELS || ArrayBuffer.isView(object)) return false
  if (Array.isArray(object)) {
    for (const item of object) if (isObject(item) && !isPlain(item, level + 1)) return false
    return true
  }
  const members = object as Readonly<Record<string, unknown>>
  // It may return anything, but for that of a date.
  if (typeof members['toJSON'] === 'function') return object instanceof Date
  for (const name in members) {
    const member = members[name]
    if (isObject(member) && !isPlain(member, level + 1)) return false
  }
  return true
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Looks at the member itself, because some runtimes' bytes have a `toJSON` that has run before. */
function bytesAsBase64(this: unknown, name: string, value: unknown): unknown {
  const member = (this as Readonly<Record<string, unknown>>)[name]
  if (ArrayBuffer.isView(member)) return base64(member)
  return ArrayBuffer.isView(value) ? base64(value) : value
}

function hasTooManyLevels(text: string, level: number): boolean {
  const before = '['.repeat(level - 1)
  const after = ']'.repeat(level - 1)
  return objectEnd(`{"":${before}${text}${after}}`) === 0
}
