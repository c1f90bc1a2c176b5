import { nearName } from './near-name.ts'
import { show, showNumber } from './show.ts'

/** An option is wrong or unknown. Thrown by the call that was given the option, never later. */
export class OptionError extends TypeError {
  /** The name of the option, such as `maxMessageSize` or `allowedOrigins[2]`. */
  readonly option: string

  /** @param message what is wrong, what was given, what is allowed and what to do */
  constructor(option: string, message: string) {
    super(message)
    this.name = 'OptionError'
    this.option = option
  }
}

/**
 * The error for an option with a wrong value.
 *
 * @param allowed follows the words "must be"
 * @param advice a sentence that says what to do, where `allowed` does not show it
 */
export function wrongValue(
  option: string,
  value: unknown,
  allowed: string,
  advice = '',
): OptionError {
  const problem = `${option} must be ${allowed}, got ${show(value)}.`
  return new OptionError(option, advice === '' ? problem : `${problem} ${advice}`)
}

/**
 * Refuses options that do not exist.
 *
 * @param prefix stands before each name, such as `messageRate.`
 * @throws OptionError for the first unknown option.
 */
export function checkNames(options: object, known: readonly string[], prefix = ''): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    throw new OptionError(`${prefix}${name}`, unknownName('option', name, known, prefix))
  }
}

/** What is wrong with a name that nothing has, and the known one that it is near to, or all of them. */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
  prefix = '',
): string {
  const near = nearName(name, known)
  const advice =
    near === undefined
      ? `Known ${what}s are ${known.join(', ')}.`
      : `Did you mean "${prefix}${near}"?`
  return `Unknown ${what} ${show(prefix + name)}. ${advice}`
}

/**
 * @param unit what is counted, if anything is
 * @throws OptionError for anything but a whole number between `least` and `most`.
 */
export function checkInteger(
  name: string,
  value: unknown,
  least: number,
  most: number,
  unit?: string,
): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return
  const number = unit === undefined ? 'a whole number' : `a whole number of ${unit}`
  throw wrongValue(name, value, `${number} from ${showNumber(least)} to ${showNumber(most)}`)
}

/** @throws OptionError for a value that is not an object, or is a list. */
export function checkObject(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  throw wrongValue(name, value, 'an object of options')
}

/** @throws OptionError for a value that is not a boolean. */
export function checkFlag(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrongValue(name, value, 'true or false')
}

/** @throws OptionError for a value that is not in the list. */
export function checkOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return
  throw wrongValue(name, value, allowed.map(show).join(' or '))
}

/** @throws OptionError for a value that is not a function. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongValue(name, value, 'a function')
}
