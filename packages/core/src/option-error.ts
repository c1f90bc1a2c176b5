/** An option is wrong. Thrown by the call that it was given to, never later. */
export class OptionError extends TypeError {
  /** The option, `maxMessageSize` or `allowedOrigins[2]`. */
  readonly option: string

  constructor(option: string, value: unknown, allowed: string) {
    super(`${option} is ${value === NO_OPTION ? 'no option' : show(value)}, allowed is ${allowed}`)
    this.name = 'OptionError'
    this.option = option
  }
}

/** In place of a value: there is no such option. */
export const NO_OPTION: unique symbol = Symbol('no option')

/** A value as it would stand in source code, shortened. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 80)}…` : value}'`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof RegExp) return String(value)
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
