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
const NO_OPTION = Symbol('no option')

/** A value as it would stand in source code, shortened. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `${value.slice(0, 80)}…` : value}'`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof RegExp) return String(value)
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

/**
 * @param prefix what stands before a name, such as `messageRate.`
 * @throws OptionError for an option that is none of those known.
 */
export function checkNames(options: object, known: readonly string[], prefix = ''): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    throw new OptionError(`${prefix}${name}`, NO_OPTION, `one of ${known.join(', ')}`)
  }
}

/** @throws OptionError for anything but a whole number between `least` and `most`. */
export function checkInteger(
  name: string,
  value: unknown,
  least: number,
  most: number,
  unit: string,
): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return
  throw new OptionError(name, value, `a whole number of ${unit} from ${least} to ${most}`)
}

/** @throws OptionError for what holds no options. */
export function checkObject(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) return
  throw new OptionError(name, value, 'an object of options')
}

export function checkFlag(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new OptionError(name, value, 'true or false')
}

export function checkOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return
  throw new OptionError(name, value, allowed.map(show).join(' or '))
}

export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new OptionError(name, value, 'a function')
}
