/** The error for a wrong value. */
export function optionError(name: string, value: unknown, allowed: string): TypeError {
  const shown = typeof value === 'string' ? `"${value}"` : String(value)
  return new TypeError(`${name} must be ${allowed}, got ${shown}.`)
}
