import { OptionError } from './option-error.ts'

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

export function checkFlag(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new OptionError(name, value, 'true or false')
}

export function checkOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value === 'string' && allowed.includes(value)) return
  throw new OptionError(name, value, allowed.map((one) => `'${one}'`).join(' or '))
}

export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new OptionError(name, value, 'a function')
}
