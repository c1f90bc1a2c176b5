import { isA } from './realm.ts'
import { isThenable } from './thenable.ts'

const MAX_SHOWN = 80

/** A value as it is shown in a message: in one line, shortened, with thousands separators. */
export function show(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return showNumber(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (isA('RegExp', value)) return String(value)
  if (isThenable(value)) return 'a promise'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)
}

/** A number with thousands separators, such as `1,073,741,824`. */
export function showNumber(value: number): string {
  return Number.isSafeInteger(value) ? value.toLocaleString('en-US') : String(value)
}
